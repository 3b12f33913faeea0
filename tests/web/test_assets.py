"""Addresses of static files name their content."""

import shutil

from arena.web import assets


def test_modules_that_import_each_other_change_their_address_together(monkeypatch, tmp_path):
    shutil.copytree(assets.FOLDER / "publishing", tmp_path / "publishing")
    (tmp_path / "vendor").mkdir()
    shutil.copy(assets.FOLDER / "vendor" / "VENDORED.json", tmp_path / "vendor")
    shutil.copy(assets.FOLDER / "arena.js", tmp_path)
    monkeypatch.setattr(assets, "FOLDER", tmp_path)
    digest = assets.digest.__wrapped__
    entry, apart = digest("publishing/form_page.js"), digest("arena.js")
    # An imported module is asked for under its importer's version, which browsers keep for a year.
    with (tmp_path / "publishing" / "seal.js").open("a", encoding="utf-8") as file:
        file.write("// changed\n")
    assert digest("publishing/form_page.js") != entry
    assert digest("arena.js") == apart
