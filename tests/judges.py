"""Tools from outside that judge what is made, and the Debian package that each comes in."""

from __future__ import annotations

PACKAGES = {
    "git": "git",
    "make": "make",
    "pdftoppm": "poppler-utils",
    "pdftotext": "poppler-utils",
    "qpdf": "qpdf",
    "ssh-keygen": "openssh-client",
    "soffice": "libreoffice-calc",
    "unshare": "util-linux",
}
