package conformance

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"net/http/httputil"
	"slices"
	"strings"
)

// decoded returns an HTTP message without the codings of its body. In the place of what cannot be decoded stands why.
func decoded(message []byte) []byte {
	head, body, found := bytes.Cut(message, []byte("\r\n\r\n"))
	if !found {
		return message
	}
	text := strings.ToLower(string(head)) + "\r\n"
	if strings.Contains(text, "\r\ntransfer-encoding: chunked\r\n") {
		body = all(httputil.NewChunkedReader(bytes.NewReader(body)), nil)
	}
	switch coding, _ := header(text, "content-encoding"); coding {
	case "gzip":
		body = all(gzip.NewReader(bytes.NewReader(body)))
	case "deflate":
		if r, err := zlib.NewReader(bytes.NewReader(body)); err == nil {
			body = append([]byte("in zlib's format: "), all(r, nil)...)
		} else {
			body = append([]byte("raw: "), all(flate.NewReader(bufio.NewReader(bytes.NewReader(body))), nil)...)
		}
	}
	return slices.Concat(head, []byte("\r\n\r\n"), body)
}

// all reads everything, and puts an error behind it.
func all(r io.Reader, err error) []byte {
	var data []byte
	if err == nil {
		data, err = io.ReadAll(r)
	}
	if err != nil {
		data = append(data, err.Error()...)
	}
	return data
}
