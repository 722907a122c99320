"""The certificate authority 电子认证服务机构 (电子签名法 art. 16–18): certificates, their state, and time.

Real formats over HTTP: PKCS#10 in and PKCS#7 out by EST (RFC 7030), OCSP (RFC 6960), CRLs (RFC 5280), time stamps
(RFC 3161). ECDSA over P-256 with SHA-256, since what signs papers with it knows no SM2; firms' log-in certificates by
SM2 too.
"""

from .issuing import Authority
from .routes import routes

__all__ = ["Authority", "routes"]
