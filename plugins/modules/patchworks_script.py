# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: patchworks_script
short_description: Keep a custom script in Patchworks, with its latest version deployed
version_added: 0.1.0
description:
  - Makes sure that a Patchworks company has a custom script of a name, that the latest version of it has a content, and that this version is
    deployed. A new version is made only when the content differs, line ends and blank ends aside.
  - Its first use is the pre-request script of Patchworks' NetSuite connector, which the role C(m2m.netsuite.patchworks_handover) ships.
  - Listing scripts, reading a version, adding a version and changing a description are calls that Patchworks documents, or that a public
    client of others makes. B(Experimental) are creating a script (the body is inferred from the documented model), deploying a version and
    deleting a script (their paths are inferred from the names around them). When an experimental call does not work, the task fails with
    what to do by hand instead, and a later run continues from there.
  - Which script, and which version of it, an authentication method uses is selected in the dashboard. Patchworks documents no call for that.
options:
  api_url:
    description:
      - Base of Patchworks' Core API. Self-hosted installations have their own.
      - Plain C(http) is accepted for loopback addresses only.
    type: str
    default: https://core.wearepatchworks.com/api/v1
  api_key:
    description:
      - An API key of the company, made in the dashboard's general settings by a manager or an administrator. It is sent as it is, without the
        word C(Bearer).
      - Mutually exclusive with O(username).
    type: str
  username:
    description:
      - Name to log in with, if there is no API key. Accounts with two-factor authentication or single sign-on are not known to work here.
      - A login acts on the company that the user is switched into.
    type: str
  password:
    description:
      - Password of O(username).
    type: str
  login_url:
    description:
      - Where to log in with O(username).
    type: str
    default: https://app.wearepatchworks.com/fabric/api/login
  login_field:
    description:
      - Name of the login's field for the user name. Patchworks' pages disagree, newer ones say V(username), older ones V(email).
    type: str
    default: username
  routes:
    description:
      - Replacements for the calls of the API, by name, each a method and a path below O(api_url), for example C(POST script-versions/{version}/deploy).
        An empty value switches a call off, and the task asks for the manual step at once.
      - The names are C(list_scripts), C(get_version), C(create_version), C(update_script), C(create_script), C(deploy_version) and
        C(delete_script). C({script}) and C({version}) stand for ids.
    type: dict
  name:
    description:
      - Name of the script.
    type: str
    default: NetSuite OAuth 2 - Generate Client Assertion
  description:
    description:
      - Description of the script. It is left alone when not given.
    type: str
  language:
    description:
      - Language of a new script, as the API spells it, which is not documented.
      - When it is not given, the spelling of another JavaScript of the company is used, or else V(javascript).
    type: str
  content:
    description:
      - Source of the script.
      - With O(state=present), exactly one of O(content) and O(path) is required.
    type: str
  path:
    description:
      - Path of a file with the source of the script.
    type: path
  deploy:
    description:
      - Whether the latest version is to be deployed.
      - Patchworks un-deploys scripts that are not used for some days, and deploys them again when they are called. Such a version is deployed
        again here as well.
    type: bool
    default: true
  deploy_timeout:
    description:
      - Seconds to wait for the end of a deployment, which Patchworks carries out by itself.
    type: float
    default: 300.0
  state:
    description:
      - Whether the script should exist. An authentication method that uses a deleted script no longer gets tokens.
    type: str
    choices: [present, absent]
    default: present
requirements:
  - requests >= 2.31
extends_documentation_fragment:
  - m2m.netsuite.http_options
  - m2m.netsuite.attributes
attributes:
  check_mode:
    details:
      - It reads from Patchworks, a login included, and changes nothing there.
  diff_mode:
    support: full
  idempotent:
    support: full
    details:
      - A version that Patchworks has un-deployed in between is deployed again.
notes:
  - None of this has run against a real Patchworks company. It follows what is documented; what is not documented is marked above.
  - Two tasks that create the same script at the same time create two. Use C(throttle) where several hosts share a company.
seealso:
  - name: Custom scripts API
    description: Patchworks' reference.
    link: https://doc.wearepatchworks.com/product-documentation/api-reference/custom-scripts/scripts
author:
  - m2m.netsuite contributors (!UNKNOWN)
"""

EXAMPLES = r"""
---
- name: Install the pre-request script of the NetSuite connector
  m2m.netsuite.patchworks_script:
    api_key: "{{ patchworks_api_key }}"
    description: Signs the client assertion of the NetSuite connector
    path: "{{ playbook_dir }}/generate_client_assertion.js"
  register: script

- name: Say which version to select in the authentication method
  ansible.builtin.debug:
    msg: "Select version {{ script.version }} of the script {{ script.script_id }}"

- name: The same with a login, on a self-hosted installation, without the deployment
  m2m.netsuite.patchworks_script:
    api_url: https://patchworks.example.com/core/api/v1
    login_url: https://patchworks.example.com/fabric/api/login
    login_field: email
    username: integration@example.com
    password: "{{ patchworks_password }}"
    content: "{{ lookup('ansible.builtin.file', 'generate_client_assertion.js') }}"
    deploy: false

- name: Use another call for the deployment than the one that is guessed
  m2m.netsuite.patchworks_script:
    api_key: "{{ patchworks_api_key }}"
    path: "{{ playbook_dir }}/generate_client_assertion.js"
    routes:
      deploy_version: POST script-versions/{version}/deployments
"""

RETURN = r"""
script_id:
  description: Id of the script, V(null) when there is none.
  returned: success
  type: str
  sample: "17"
version:
  description: Number of its latest version, which is the one to select, V(null) when there is none yet or the API does not say.
  returned: success
  type: int
  sample: 3
version_id:
  description: Id of that version, V(null) when there is none yet.
  returned: success
  type: str
  sample: "102"
status:
  description: Status of that version, V(Draft), V(Inactive) or V(Deployed) by Patchworks' reference, V(null) when there is none yet.
  returned: success
  type: str
  sample: Deployed
actions:
  description: Names of the calls that changed something, or would in check mode.
  returned: success
  type: list
  elements: str
  sample: [create_version, deploy_version]
experimental:
  description: Names of the experimental calls that were made.
  returned: success
  type: list
  elements: str
  sample: [deploy_version]
cause:
  description:
    - Stable word for what went wrong, for example V(manual_step), V(call_refused), V(login_refused), V(several_scripts) or V(bad_routes).
  returned: failure
  type: str
  sample: manual_step
fix:
  description: What to do about it. Empty when the message says it all.
  returned: failure
  type: str
  sample: In the Patchworks dashboard, open scripts, open "NetSuite OAuth 2 - Generate Client Assertion", and choose save and deploy
route:
  description: Name of the experimental call that did not work.
  returned: failure with RV(cause=manual_step)
  type: str
  sample: deploy_version
manual_step:
  description: What to do by hand instead.
  returned: failure with RV(cause=manual_step)
  type: str
  sample: In the Patchworks dashboard, open scripts, open "NetSuite OAuth 2 - Generate Client Assertion", and choose save and deploy
http_status:
  description: HTTP status of Patchworks' answer, V(null) when it is not about an answer.
  returned: failure with RV(cause=manual_step) or RV(cause=call_refused) or RV(cause=login_refused)
  type: int
  sample: 404
library:
  description: Names of the Python libraries, as on PyPI and separated by commas, that are missing or too old.
  returned: failure with RV(cause=missing_library)
  type: str
  sample: requests
"""

from ansible_collections.m2m.netsuite.plugins.module_utils.module_runner import run_module
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.patchworks_script import OPERATION


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
