"""Hidden labels: the one place where they are opened. Imported by `worker.jobs` alone."""

from collections import OrderedDict
from collections.abc import Callable, Sequence

from nacl.exceptions import CryptoError
from nacl.public import SealedBox

from challenges import sealed
from challenges.definition import Definition
from challenges.labels import Labels, LabelsError, read_labels
from worker import keys
from worker.columns import Outcomes, outcomes
from worker.faults import LabelsRefused
from worker.settings import WorkerSettings

__all__ = ["LabelsRefused", "Vault", "open_sealed"]

KEPT = 16


class Vault:
    """Opens sealed labels and keeps the newest of them in memory, by the digest of their ciphertext.

    A worker's parent fills it before it forks; its children share the pages and open nothing again.
    """

    def __init__(self, settings: WorkerSettings, report: Callable[[str, int], None]) -> None:
        self._settings = settings
        self._report = report
        self._kept: OrderedDict[tuple[str, str], Outcomes] = OrderedDict()

    def holds(self, ciphertext_sha256: str, definition: Definition) -> bool:
        """Whether these labels are in memory already."""
        return (ciphertext_sha256, definition.digest()) in self._kept

    def outcomes(
        self,
        ciphertext_sha256: str,
        read: Callable[[str], bytes],
        definition: Definition,
        ids: Sequence[str],
        *,
        challenge_id: int,
    ) -> Outcomes:
        """Return a challenge's hidden outcomes in the order of the test file's `ids`; raise LabelsRefused.

        `read` fetches the ciphertext; every opening is reported with its digest and challenge before anything is read of it.
        """
        place = (ciphertext_sha256, definition.digest())
        found = self._kept.get(place)
        if found is None:
            self._report(ciphertext_sha256, challenge_id)
            found = open_sealed(read(ciphertext_sha256), self._settings, definition, ids)
            self._kept[place] = found
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(place)
        return found


def open_sealed(ciphertext: bytes, settings: WorkerSettings, definition: Definition, ids: Sequence[str]) -> Outcomes:
    """Open one sealed file and check that it belongs to this definition and these rows."""
    key = keys.private_key(settings.labels_key)
    try:
        plaintext = SealedBox(key).decrypt(ciphertext)
    except CryptoError:
        raise LabelsRefused("not_sealed_for_us") from None
    # Whatever these raise could quote the labels: only the kind of failure goes on.
    try:
        header, table = sealed.unpack(plaintext)
    except (ValueError, TypeError):
        raise LabelsRefused("unreadable_labels") from None
    # Before a row is read: whoever holds another's ciphertext must not learn by trying definitions where it is unreadable.
    if (header.slug, header.version) != (definition.slug, definition.version):
        raise LabelsRefused("other_challenge")
    if header.binding != definition.binding(header.ids_sha256):
        raise LabelsRefused("other_rules")
    labels = _read(table, definition)
    digest = sealed.ids_digest(labels.ids)
    if header.ids_sha256 != digest or sealed.ids_digest(ids) != digest:
        raise LabelsRefused("other_rows")
    return outcomes(labels, definition, ids)


def _read(table: bytes, definition: Definition) -> Labels:
    try:
        return read_labels(table, definition)
    except LabelsError as error:
        raise LabelsRefused("unreadable_labels", line=error.line, column=error.column) from None
    except (ValueError, TypeError):
        raise LabelsRefused("unreadable_labels") from None
