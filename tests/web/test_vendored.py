import hashlib
import json
import re
from pathlib import Path

from arena.web import assets

VENDOR = assets.FOLDER / "vendor"
MANIFEST = json.loads((VENDOR / "VENDORED.json").read_text(encoding="utf-8"))


def test_every_vendored_file_is_listed_with_its_sha256_and_nothing_else_lies_there():
    listed = {}
    for package in MANIFEST["packages"]:
        for name, digest in package["files"].items():
            listed[VENDOR / package["folder"] / name] = digest
    present = {path for path in VENDOR.rglob("*") if path.is_file() and path.name != "VENDORED.json"}
    assert present == set(listed)
    for path, digest in listed.items():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == digest, path


def test_every_vendored_package_has_its_licence_version_and_source():
    for package in MANIFEST["packages"]:
        assert package["version"]
        assert package["licence"]
        assert package["source"].endswith(package["version"]) or package["version"] in package["source"]
        assert (VENDOR / package["folder"] / "LICENSE").read_text(encoding="utf-8").strip()


def test_nothing_is_fetched_from_elsewhere():
    for path in assets.FOLDER.rglob("*.css"):
        for address in re.findall(r"url\(([^)]*)\)|@import\s+(\S+)", path.read_text(encoding="utf-8")):
            assert not any(part.strip("'\"").startswith(("http:", "https:", "//", "data:")) for part in address), path
    own = (assets.FOLDER / "arena.js").read_text(encoding="utf-8")
    assert "http" not in own.replace("Plain http on a closed network", "")


def test_fonts_that_the_stylesheet_names_are_there():
    sheet = VENDOR / "pretendard" / "pretendard.css"
    named = re.findall(r"url\(\./([^)]*)\)", sheet.read_text(encoding="utf-8"))
    assert len(named) == 92
    assert all((sheet.parent / name).is_file() for name in named)


def test_templates_hold_no_inline_style_or_script():
    folder = Path(assets.__file__).parent / "templates"
    for path in folder.glob("*.html"):
        if path.name == "practice_sheet.html":  # a file that people keep: it carries its own style and is never served
            continue
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)|javascript:", text), path.name
