"""A relying party with PyJWT. Arguments: issuer, audience; a token per line of input. Prints per token a line of JSON
with its subject, or why it is refused. Beside the issuer it knows the authorities that SSL_CERT_FILE names."""
import json
import sys
import urllib.request

import jwt

issuer, audience = sys.argv[1:]
with urllib.request.urlopen(issuer + "/.well-known/openid-configuration") as answer:
    metadata = json.load(answer)
if metadata["issuer"] != issuer:
    sys.exit(f"the document of {issuer} is of {metadata['issuer']}")
keys = jwt.PyJWKClient(metadata["jwks_uri"])
algorithms = metadata["id_token_signing_alg_values_supported"]
for token in sys.stdin.read().split():
    try:
        key = keys.get_signing_key_from_jwt(token)
        claims = jwt.decode(token, key, algorithms, issuer=issuer, audience=audience)
        print(json.dumps({"subject": claims["sub"]}))
    except jwt.InvalidTokenError as refusal:
        print(json.dumps({"refused": type(refusal).__name__}))
