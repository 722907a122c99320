"""Information packages 信息包: files put together once, sealed with a signed list, verified with nothing but the file.

A package is a ZIP file (ISO/IEC 21320-1: stored, no encryption, names in UTF-8) whose bytes follow from its members
alone: no times, no chance. Its first two members are the list and its signature, so that whoever reads it from the
start knows what must come:

- ``manifest.json``: what the package is, and of every member its name, size, SM3 (GB/T 32905) and SHA-256, as JSON with
  sorted names and no blanks;
- ``manifest.jws``: a detached JWS over it (RFC 7515 Appendix F, ES256, nonces by RFC 6979), with the public key in its
  header, so that the package can be read without its maker; who pins the key knows who sealed it.

The container is ours; it does what the encapsulation of an electronic record with its metadata and signature does
(DA/T 48-2009, 电子文件封装包) and what OAIS asks of an archival information package (ISO 14721). Nothing here knows the
database, the web or the house's keys, so that a verifier needs none of them.
"""

from tongban.kit.packages.batch import batch_root, sealed_batch, verify_batch
from tongban.kit.packages.layout import Content, of_bytes
from tongban.kit.packages.manifest import Manifest, Member, PackageMalformed, listed, readable
from tongban.kit.packages.merkle import Proof, proves, rooted
from tongban.kit.packages.verifying import Finding, Report, verify
from tongban.kit.packages.writing import digests_of, packed

__all__ = [
    "Content",
    "Finding",
    "Manifest",
    "Member",
    "PackageMalformed",
    "Proof",
    "Report",
    "batch_root",
    "digests_of",
    "listed",
    "of_bytes",
    "packed",
    "proves",
    "readable",
    "rooted",
    "sealed_batch",
    "verify",
    "verify_batch",
]
