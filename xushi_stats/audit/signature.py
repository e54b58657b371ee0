"""Signatures by OpenSSH: of one file, or of a list of digests that names the file."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from xushi_stats.tables import write_whole

NAMESPACE = "xushi_stats"
SUMS = "SHA256SUMS"
SECONDS = 60


class NoSshKeygen(Exception):
    """OpenSSH's ``ssh-keygen`` is not installed."""


class BadSignature(Exception):
    """A signature that does not hold; ``key`` is of ``audit.words``, ``why`` what ssh-keygen said."""

    def __init__(self, file: str, why: str, key: str = "signature_bad") -> None:
        super().__init__(file, why, key)
        self.file, self.why, self.key = file, why, key


def sign(file: Path, key: Path) -> Path:
    """Sign a file beside it; an earlier signature stays until there is a new one.

    Args:
        file: what to sign; its signature is written to ``<file>.sig``.
        key: a private key of OpenSSH, such as Ed25519.

    Raises:
        NoSshKeygen: likewise.
        BadSignature: ssh-keygen refused, with what it said.
        DataFaults: the signature cannot be written.
    """
    target = file.with_name(file.name + ".sig")
    done = _run("-Y", "sign", "-f", str(key), "-n", NAMESPACE, content=file)
    if done.returncode or b"BEGIN SSH SIGNATURE" not in done.stdout:
        raise BadSignature(file.name, _last_line(done.stderr))
    write_whole(target, done.stdout)
    return target


def verify(file: Path, signers: Path) -> str:
    """Who signed a file.

    Args:
        file: what was signed; ``<file>.sig`` lies beside it.
        signers: a file of allowed signers, as ``ssh-keygen`` wants it.

    Returns:
        The signer's name in that file.

    Raises:
        NoSshKeygen: likewise.
        BadSignature: nobody there has signed it, it was altered since, or the file names anyone.
    """
    signature = file.with_name(file.name + ".sig")
    found = _run("-Y", "find-principals", "-f", str(signers), "-s", str(signature))
    names = found.stdout.decode(errors="replace").replace(",", "\n").split()
    if found.returncode or not names:
        raise BadSignature(file.name, _last_line(found.stderr) or "no principal matched")
    if any(set("*?!") & set(name) for name in names):  # says of nobody that he has signed
        raise BadSignature(file.name, ", ".join(names), "signer_pattern")
    options = ("-f", str(signers), "-I", names[0], "-n", NAMESPACE, "-s", str(signature))
    done = _run("-Y", "verify", *options, content=file)
    if done.returncode:
        raise BadSignature(file.name, _last_line(done.stderr or done.stdout))
    return names[0]


def digest(file: Path) -> str:
    """SHA-256 of a file of any size."""
    with open(file, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def signed(file: Path) -> Path | None:
    """What vouches for a file: itself, or the nearest signed SHA256SUMS in a folder above it."""
    return next((path for path in _candidates(file) if _has_signature(path)), None)


def lists(sums: Path, file: Path) -> bool:
    """Whether a list of digests has a file's digest under its own name."""
    name = file.resolve().relative_to(sums.resolve().parent).as_posix()
    lines = sums.read_text(encoding="utf-8", errors="replace").splitlines()
    return f"{digest(file)}  {name}" in lines


def _candidates(file: Path) -> Iterator[Path]:
    yield file
    yield from (folder / SUMS for folder in list(file.resolve().parents)[:4])


def _has_signature(path: Path) -> bool:
    return path.is_file() and path.with_name(path.name + ".sig").is_file()


def _run(*arguments: str, content: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    program = shutil.which("ssh-keygen")
    if program is None:
        raise NoSshKeygen
    with open(content or os.devnull, "rb") as stream:
        return subprocess.run(
            [program, *arguments], stdin=stream, capture_output=True, check=False, timeout=SECONDS
        )


def _last_line(said: bytes) -> str:
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else ""
