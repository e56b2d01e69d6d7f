"""What schemathesis has to know of a Kubernetes API, beside its documents."""

import re

import schemathesis

# Upstream's own answers, with 500 and 504, to what a client did wrong.
UPSTREAMS = re.compile(
    "|".join(
        [
            r"resourceVersion should not be set on objects to be created",
            r"(resourceVersion: Invalid value: .*: )?strconv\.ParseUint: .*",
            r"Timeout: Too large resource version: .*",
            r"failed to create typed patch object .*",
            r".*does not contain declared merge key: .*",
            r"expected an? .*, but received an? .*",
            r"target\.(name|kind): .*",
        ]
    ),
    re.DOTALL,
)


@schemathesis.hook
def map_query(context, query):
    """A watch goes on until its time is over; requests here are to end."""
    return {name: value for name, value in (query or {}).items() if name not in ("watch", "sendInitialEvents")}


@schemathesis.check
def never_at_fault(ctx, response, case):
    if response.status_code < 500:
        return
    try:
        message = response.json()["message"]
    except (ValueError, KeyError, TypeError):
        message = response.text
    # What no node can be reached for is a gateway's answer.
    if response.status_code == 502 or UPSTREAMS.fullmatch(message):
        return
    raise AssertionError(f"{response.status_code}: {message}")
