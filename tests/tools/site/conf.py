# SPDX-License-Identifier: GPL-3.0-or-later
"""Sphinx's settings: the site is made of a copy of the collection, with antsibull-docs' pages in its folder reference.

The Markdown pages keep their paths, so that a link works on a code host and in the site alike. What only a site has,
its table of contents, is added here.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from pygments.lexers.special import TextLexer

project = "m2m.netsuite"
project_copyright = "the m2m.netsuite contributors"
extensions = ["myst_parser", "sphinx_antsibull_ext"]
include_patterns = ["*.md", "docs/**.md", "roles/*/README.md", "reference/**.rst"]
root_doc = "docs/index"
nitpicky = True
default_role = "any"
smartquotes = False  # they would change commands that stand in a sentence
myst_heading_anchors = 6  # spelled the way code hosts do

html_title = html_short_title = "m2m.netsuite"
html_theme = "sphinx_rtd_theme"
html_extra_path = ["index.html"]  # leads to the start page
html_static_path = ["site.css"]
html_css_files = ["site.css"]
html_copy_source = html_show_sourcelink = html_show_sphinx = html_use_index = False
pygments_style = "ansible"
highlight_language = "YAML+Jinja"

# A page that is not named here comes after those that are, among the guides or, from docs/ itself, at the end.
CONTENTS = """
```{toctree}
:hidden:
:caption: Start
The collection <../README>
playbooks
glossary
```

```{toctree}
:hidden:
:glob:
:caption: Guides
guides/quick-start
guides/by-hand-so-far
guides/from-token-based-authentication
guides/many-accounts
guides/several-integrations
guides/rotation
patchworks
guides/tokens
guides/report*
guides/alarms
guides/vault
guides/awx
guides/*
```

```{toctree}
:hidden:
:caption: When something is wrong
diagnosis
inputs
../SECURITY
```

```{toctree}
:hidden:
:caption: Reference
Modules, plugins and roles <../reference/index>
The role netsuite_account <../roles/netsuite_account/README>
The role patchworks_handover <../roles/patchworks_handover/README>
The simulator <../roles/netsuite_simulator/README>
```

```{toctree}
:hidden:
:caption: About
costs
releases
Release notes <../CHANGELOG>
../CONTRIBUTING
architecture
OTHERS
```
"""
# Of Ansible's own documentation, what the reference refers to. Its inventory of labels is not fetched.
ANSIBLE = "https://docs.ansible.com/ansible/latest/"
PAGES = (  # by label, a page
    (r"(\w+)_plugins", r"plugins/\1.html"),
    (r"(ANSIBLE_\w+)", r"reference_appendices/config.html#envvar-\1"),
    (r"ansible_configuration_settings", "reference_appendices/config.html"),
    (r"common_return_values", "reference_appendices/common_return_values.html"),
    (r"ansible_collections\.ansible\.builtin\.(\w+_\w+)", r"collections/ansible/builtin/\1.html"),
)
LINK = re.compile(r"\[([^\]\n]+)\]\(([^)\s#:]+)\)")


def prepare(app: Any, page: str, source: list[str]) -> None:
    """Add the table of contents to the start page, and lead links where a site has something to show.

    A link to a module's code leads to its documentation, one to a folder to its README; where that is no page, only the
    words stay. Any other file is in the site for download.
    """
    root = Path(app.srcdir)

    def lead(link: re.Match[str]) -> str:
        target = (root / page).parent.joinpath(link[2]).resolve()
        if target.parent == root / "plugins/modules":
            return f"[{link[1]}](/reference/{target.stem}_module.rst)"
        if not target.is_dir():
            return link[0]
        readme = str(target.relative_to(root) / "README")
        return f"[{link[1]}](/{readme}.md)" if readme in app.env.found_docs else link[1]

    source[0] = LINK.sub(lead, source[0])
    if page == root_doc:
        pages = {
            name.removeprefix("docs/") for name in app.env.found_docs if re.fullmatch(r"docs/(?!index$)[^/]+", name)
        }
        source[0] += CONTENTS.replace("OTHERS", "\n".join(sorted(pages - set(CONTENTS.split()))))


def link_to_ansible(_app: Any, _environment: Any, node: Any, text: Any) -> Any:
    """Return the link to a page of Ansible's documentation; nothing for any other label, which Sphinx then reports."""
    for label, page in PAGES:
        if found := re.fullmatch(label, node["reftarget"]):
            return nodes.reference("", "", text, refuri=ANSIBLE + found.expand(page), internal=False)
    return None


def setup(app: Any) -> None:
    """Register both with Sphinx."""
    app.add_lexer("hcl", TextLexer)  # the policies of Vault are not what Pygments knows as HCL
    app.connect("source-read", prepare)
    app.connect("missing-reference", link_to_ansible)
