# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operation behind m2m.netsuite.certificate_mapping."""

from __future__ import annotations

from typing import Any

from ..core import certificates, mapping, preflight
from ..core.errors import OptionError, RefusedError
from ..services.bearer import CallRefusedError
from ..services.certificate_api import CertificateApi
from ..services.certificate_session import open_session
from ..services.client import open_transport, read_certificate, read_pair
from .certificate_mapping_info import API
from .operation import Context, Operation, Options, Result
from .option_groups import CLIENT_EXCLUSIVE


def run(options: Options, context: Context) -> Result:
    """Bring one certificate's mapping into the wanted state."""
    certificate = None
    if options["state"] == "present":
        certificate = read_certificate(options, context.vault)
        preflight.stop_at_blocking(preflight.certificate_problems(certificate, context.now()))
    with open_transport(options, context.clock, context.sleep) as transport:
        api = open_session(_signer(options, context), context.vault, transport, context.clock)
        if certificate is not None:
            return _present(certificate, options, context, api)
        target = options["certificate_id"] or certificates.certificate_id(read_certificate(options, context.vault))
        return _revoked(target, context, api)


def _signer(options: Options, context: Context) -> Options:
    """The options that authorise.

    certificate_path, certificate_content and generation say which certificate is to be mapped, and certificate_id which
    one is to be revoked; the private key may well be of another.
    """
    if options["access_token"]:
        return options
    if options["credentials_path"]:
        return {**options, "generation": "active", "certificate_id": None}
    if options["signing_certificate_id"]:
        certificate_id = options["signing_certificate_id"]
    else:
        pair = read_pair(options, context.vault)
        if pair.certificate is not None and certificates.matches(pair.certificate, pair.key):
            return {**options, "certificate_id": None}
        certificate_id = options["certificate_id"] if options["state"] == "present" else None
    if not certificate_id:
        raise OptionError(
            "Which certificate the private key belongs to is not known",
            "Name it with signing_certificate_id, as NetSuite shows it",
            cause="certificate_missing",
        )
    return {**options, "certificate_id": certificate_id, "certificate_path": None, "certificate_content": None}


def _present(certificate: certificates.Certificate, options: Options, context: Context, api: CertificateApi) -> Result:
    computed = certificates.certificate_id(certificate)
    now = context.now()
    before = api.list()
    found = _find_active(before, {computed, options["certificate_id"]}, context)
    if found is not None:
        _check_same_place(found, options)
        return _result(False, found, found, len(mapping.active(before, now)))
    mapping.check_room(before, now)
    if context.check_mode:
        return _result(True, None, _prediction(certificate, options, now), len(mapping.active(before, now)) + 1)
    try:
        after = api.upload(certificates.to_pem(certificate), options["role"], options["entity"])
    except CallRefusedError:
        after = _find_active(api.list(), {computed}, context)
        if after is None:
            raise
        # Another run that shares the integration has just uploaded the same certificate.
        return _result(False, after, after, len(mapping.active(before, now)) + 1)
    if after is None:
        after = _find_active(api.list(), {computed}, context)
    if after is None:
        raise RefusedError(
            "The certificate was sent and NetSuite does not list it",
            "Look at the list in NetSuite's UI, then try again",
            cause="upload_lost",
        )
    if after.certificate_id != computed:
        context.warnings.append(
            f"NetSuite calls the certificate {after.certificate_id}, its own id is {computed}."
            " Use NetSuite's: set certificate_id to it."
        )
    return _result(True, None, after, len(mapping.active(before, now)) + 1)


def _revoked(target: str, context: Context, api: CertificateApi) -> Result:
    before = api.list()
    found = mapping.find(before, target)
    if found is None:
        raise RefusedError(
            f"NetSuite lists no certificate {target} for this integration, so there is nothing to revoke",
            "Compare the id with m2m.netsuite.certificate_mapping_info; only administrators see other people's",
            cause="unknown_certificate",
        )
    active = len(mapping.active(before, context.now()))
    if found.revoked:
        return _result(False, found, found, active)
    after = mapping.Mapping(**{**vars(found), "revoked": True})
    if not context.check_mode:
        try:
            api.revoke(target)
        except CallRefusedError:
            confirmed = mapping.find(api.list(), target)
            if confirmed is None or not confirmed.revoked:
                raise
    return _result(True, found, after, active - found.is_active(context.now().date()))


def _find_active(mappings: list[mapping.Mapping], ids: set[str | None], context: Context) -> mapping.Mapping | None:
    today = context.now().date()
    return next((one for one in mappings if one.certificate_id in ids and one.is_active(today)), None)


def _check_same_place(found: mapping.Mapping, options: Options) -> None:
    wanted = {"role": options["role"], "entity": options["entity"]}
    actual = {"role": found.role, "entity": found.entity}
    if any(actual[name] not in (None, str(wanted[name])) for name in wanted):
        raise RefusedError(
            f"The certificate is already mapped to role {found.role} and entity {found.entity}",
            "One certificate serves one role and one entity: correct role and entity, or make another pair for them",
            cause="mapped_elsewhere",
        )


def _prediction(certificate: certificates.Certificate, options: Options, now: Any) -> mapping.Mapping:
    facts = certificates.describe(certificate, now)
    return mapping.Mapping(
        certificate_id=facts["certificate_id"],
        role=options["role"],
        entity=options["entity"],
        valid_from=facts["not_before"][:10],
        valid_until=facts["not_after"][:10],
        revoked=False,
        algorithm=facts["key_type"],
    )


def _result(changed: bool, before: mapping.Mapping | None, after: mapping.Mapping, active_count: int) -> Result:
    return {
        "changed": changed,
        "mapping": after.as_result(),
        "active_count": active_count,
        "diff": {"before": before.as_result() if before else {}, "after": after.as_result()},
    }


OPERATION = Operation(
    run=run,
    options={
        **API,
        "role": {"type": "str"},
        "entity": {"type": "str"},
        "signing_certificate_id": {"type": "str"},
        "state": {"type": "str", "choices": ["present", "revoked"], "default": "present"},
    },
    libraries=("cryptography", "PyJWT", "requests", "PyYAML"),
    mutually_exclusive=CLIENT_EXCLUSIVE,
    required_if=(("state", "present", ("role", "entity")),),
)
