"""The register of poor households."""
