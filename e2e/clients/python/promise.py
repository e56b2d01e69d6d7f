"""What a server keeps for its clients, or not."""
import functools
import json

from kubernetes.client import ApiException


class Broken(Exception):
    """Names the promise that was not kept, and says why."""


def kept(promise):
    """Prints that the promise was kept once the function has seen it."""

    def of(seen):
        @functools.wraps(seen)
        def see(*args):
            try:
                answer = seen(*args)
            except Exception as reason:
                raise Broken(f"{promise}: {reason}") from reason
            print(f"ok {promise}")
            return answer

        return see

    return of


def expect(what, got, want):
    """Fails, showing both, when they differ."""
    if got != want:
        raise AssertionError(f"{what} is {got} instead of {want}")


def refused(code, reason, request):
    """Fails unless the request is refused with this code and reason."""
    try:
        request()
    except ApiException as refusal:
        expect("the refusal", (refusal.status, json.loads(refusal.body)["reason"]), (code, reason))
    else:
        raise AssertionError(f"nothing was refused instead of {code} {reason}")
