"""Signed PDF: PAdES baseline B-LT (ETSI EN 319 142-1), made and checked.

``model`` says what goes in and comes out, ``sealing.sealed`` makes a signature with its time stamp (RFC 3161) and with
all that proves it later (chain, OCSP answers, revocation lists), ``checking.checked`` checks one with nothing but the
file and the trust anchors: no network, no database. Both load pyHanko, which costs a process 45 MB and 0.4 s:
``office`` has them done in children, the house itself never imports them.
"""
