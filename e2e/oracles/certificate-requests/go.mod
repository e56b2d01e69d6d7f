module ensign.dev/e2e/oracles/certificate-requests

go 1.24
