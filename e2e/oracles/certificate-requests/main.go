// Says of each PKCS #10 request, a line of base64 on the standard input, what Go's crypto/x509 says: a line of JSON.
package main

import (
	"bufio"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"log"
	"os"
)

// requestBytesMax bounds a line.
const requestBytesMax = 1 << 20

// A verdict holds why the request cannot be read, or why its signature is refused, or what it asks for.
type verdict struct {
	Problem       string   `json:"problem"`
	Signature     string   `json:"signature"`
	CommonName    string   `json:"commonName"`
	Organizations []string `json:"organizations"`
	DNS           []string `json:"dns"`
	Emails        []string `json:"emails"`
	Addresses     []string `json:"addresses"`
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 0, requestBytesMax), requestBytesMax)
	verdicts := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		der, err := base64.StdEncoding.DecodeString(lines.Text())
		if err != nil {
			log.Fatal(err)
		}
		if err := verdicts.Encode(judge(der)); err != nil {
			log.Fatal(err)
		}
	}
	if err := lines.Err(); err != nil {
		log.Fatal(err)
	}
}

func judge(der []byte) verdict {
	request, err := x509.ParseCertificateRequest(der)
	if err != nil {
		return verdict{Problem: err.Error()}
	}
	said := verdict{
		CommonName:    request.Subject.CommonName,
		Organizations: request.Subject.Organization,
		DNS:           request.DNSNames,
		Emails:        request.EmailAddresses,
	}
	if err := request.CheckSignature(); err != nil {
		said.Signature = err.Error()
	}
	for _, address := range request.IPAddresses {
		said.Addresses = append(said.Addresses, hex.EncodeToString(address))
	}
	return said
}
