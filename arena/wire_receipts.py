"""What travels of receipts: the key that they are signed with."""

from arena.wire import Answered


class ReceiptKey(Answered):
    """The public key (Ed25519, in hex) that receipts are signed with, and what two people compare before they trust it."""

    key: str
    fingerprint: str
