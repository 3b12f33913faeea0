"""The key that receipts are signed with, so that anybody can check one."""

from apiflask import APIBlueprint

from arena import receipts, wire_receipts
from arena.api.parts import parts

blueprint = APIBlueprint("receipts", __name__, tag="Receipts")


@blueprint.get("/receipt-key")
@blueprint.output(wire_receipts.ReceiptKey)
def key() -> wire_receipts.ReceiptKey:
    """Give the public key of this site's receipts."""
    found = parts().signer.public_key
    return wire_receipts.ReceiptKey(key=found, fingerprint=receipts.fingerprint(found))
