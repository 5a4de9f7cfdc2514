package frontend

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"

	"tidelock/proxy/http1"
)

// Large responses, past the process and through its buffers.
func BenchmarkFrontend_LargeBody(b *testing.B) {
	for _, size := range []int{64 << 10, 1 << 20, 64 << 20} {
		for _, path := range []struct {
			name  string
			pipes int
		}{{"kernel", 0}, {"copied", -1}} {
			b.Run(fmt.Sprintf("%dK/%s", size>>10, path.name), func(b *testing.B) {
				http1.Tune(http1.Tuning{MaxPipes: path.pipes})
				defer http1.Tune(http1.Tuning{})
				body := make([]byte, size)
				backend := backendOf(b, origin(b, func(c net.Conn) {
					r := bufio.NewReader(c)
					for {
						if _, err := http.ReadRequest(r); err != nil {
							return
						}
						fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", size)
						c.Write(body)
					}
				}))
				c := dial(b, serve(b, Config{ChooseBackend: to(backend)}))
				b.SetBytes(int64(size))
				for b.Loop() {
					c.send("GET / HTTP/1.1\r\n\r\n")
					readHead(c.Reader)
					if _, err := io.CopyN(io.Discard, c.Reader, int64(size)); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
