package main

import (
	"net/http"
	"strings"
	"sync"
)

// representations counts in which representation bodies went to and from the server.
type representations struct {
	mutex  sync.Mutex
	counts map[string]int
}

func (r *representations) wrap(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(request *http.Request) (*http.Response, error) {
		response, err := next.RoundTrip(request)
		r.count("sent", request.Header)
		if err == nil {
			r.count("got", response.Header)
		}
		return response, err
	})
}

func (r *representations) count(direction string, header http.Header) {
	contentType, _, _ := strings.Cut(header.Get("Content-Type"), ";")
	if contentType == "" {
		return
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.counts == nil {
		r.counts = map[string]int{}
	}
	r.counts[direction+" "+contentType]++
}

// of says how many bodies went in the direction in the representation.
func (r *representations) of(direction, contentType string) int {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.counts[direction+" "+contentType]
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(request *http.Request) (*http.Response, error) { return f(request) }
