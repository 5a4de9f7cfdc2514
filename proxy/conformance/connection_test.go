package conformance

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// quiet is how long nothing must arrive to count as silence.
const quiet = 150 * time.Millisecond

// connection is one that the script drives: a client's, or one that a server accepted.
type connection struct {
	net.Conn
	reader *bufio.Reader
	server bool // it receives requests
}

func newConnection(c net.Conn, server bool) *connection {
	return &connection{Conn: c, reader: bufio.NewReader(c), server: server}
}

// dial connects to <host>:<port>, unix@<path>, abns@<name> or a path. A unix socket may still have to appear.
func dial(address, folder string) (net.Conn, error) {
	network := "tcp"
	switch {
	case strings.HasPrefix(address, "abns@"):
		network, address = "unix", abstract(address[len("abns@"):])
	case strings.HasPrefix(address, "unix@"):
		network, address = "unix", below(folder, address[len("unix@"):])
	case !strings.Contains(address, ":"):
		network, address = "unix", below(folder, address)
	}
	for deadline := time.Now().Add(patience / 3); ; time.Sleep(10 * time.Millisecond) {
		c, err := net.DialTimeout(network, address, patience)
		if err == nil || network == "tcp" || time.Now().After(deadline) {
			return c, err
		}
	}
}

// abstract returns the name of an abstract socket as HAProxy uses it: filled up with NUL to all that an address holds.
func abstract(name string) string {
	const length = 108 // of sun_path
	return "@" + name + strings.Repeat("\x00", max(0, length-1-len(name)))
}

// receive reads what the argument asks for and says how it ended: "" when that arrived, else "closed", "reset",
// "silence" or "timed out".
//
//	(nothing)  an HTTP message, to its end        head     its head only
//	decoded    a message, without the codings of its body
//	close      all until the other side closes    silence  nothing at all
//	"text"     up to and with this text           <n>      that many bytes
func (c *connection) receive(what word) ([]byte, string) {
	c.SetReadDeadline(time.Now().Add(patience))
	var data []byte
	var err error
	switch {
	case what.quoted:
		data, err = c.until(what.text)
	case what.text == "":
		data, err = c.message()
	case what.text == "decoded":
		data, err = c.message()
		data = decoded(data)
	case what.text == "head":
		data, err = c.until("\r\n\r\n")
	case what.text == "close":
		data, err = io.ReadAll(c.reader)
		if err == nil {
			err = io.EOF
		}
	case what.text == "silence":
		c.SetReadDeadline(time.Now().Add(quiet))
		data, err = io.ReadAll(c.reader)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return data, "silence"
		}
		if err == nil {
			err = io.EOF
		}
	default:
		n, invalid := strconv.Atoi(what.text)
		if invalid != nil {
			return nil, "a receive step cannot wait for '" + what.text + "'"
		}
		data = make([]byte, n)
		n, err = io.ReadFull(c.reader, data)
		data = data[:n]
	}
	return data, ending(err)
}

// ending words how a connection ended.
func ending(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "closed"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "reset"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused"
	case errors.Is(err, os.ErrDeadlineExceeded):
		return "timed out"
	}
	return err.Error()
}

func (c *connection) until(text string) ([]byte, error) {
	var data []byte
	for !bytes.HasSuffix(data, []byte(text)) {
		one, err := c.reader.ReadByte()
		if err != nil {
			return data, err
		}
		data = append(data, one)
	}
	return data, nil
}

// message reads an HTTP message as it was framed. It trusts the peer: what is wrong shows in the transcript.
func (c *connection) message() ([]byte, error) {
	head, err := c.until("\r\n\r\n")
	if err != nil {
		return head, err
	}
	body, err := c.body(string(head))
	return append(head, body...), err
}

func (c *connection) body(head string) ([]byte, error) {
	if !c.server && bodiless(head) {
		return nil, nil
	}
	if strings.Contains(strings.ToLower(head), "\r\ntransfer-encoding: chunked\r\n") {
		return c.chunks()
	}
	if value, found := header(head, "content-length"); found {
		length, err := strconv.Atoi(value)
		if err != nil {
			return nil, err
		}
		data := make([]byte, length)
		n, err := io.ReadFull(c.reader, data)
		return data[:n], err
	}
	if c.server {
		return nil, nil
	}
	data, err := io.ReadAll(c.reader)
	if err == nil {
		err = io.EOF
	}
	return data, err
}

// bodiless reports whether a response never has a body (RFC 9112, section 6.3).
func bodiless(head string) bool {
	_, rest, _ := strings.Cut(head, " ")
	return strings.HasPrefix(rest, "1") || strings.HasPrefix(rest, "204") || strings.HasPrefix(rest, "304")
}

func header(head, name string) (string, bool) {
	for line := range strings.Lines(head) {
		if n, value, found := strings.Cut(line, ":"); found && strings.EqualFold(n, name) {
			return strings.TrimSpace(value), true
		}
	}
	return "", false
}

// chunks reads a chunked body as it stands, trailers included.
func (c *connection) chunks() ([]byte, error) {
	var data []byte
	for {
		line, err := c.until("\r\n")
		data = append(data, line...)
		if err != nil {
			return data, err
		}
		digits, _, _ := strings.Cut(strings.TrimSpace(string(line)), ";")
		size, err := strconv.ParseInt(digits, 16, 32)
		if err != nil {
			return data, err
		}
		if size == 0 {
			break
		}
		chunk := make([]byte, size+2)
		n, err := io.ReadFull(c.reader, chunk)
		data = append(data, chunk[:n]...)
		if err != nil {
			return data, err
		}
	}
	for { // trailers
		line, err := c.until("\r\n")
		data = append(data, line...)
		if err != nil || string(line) == "\r\n" {
			return data, err
		}
	}
}

// finish closes the sending side only. A peer that has reset the connection by
// then has closed it too; what follows reads the reset.
func (c *connection) finish() error {
	half, can := c.Conn.(interface{ CloseWrite() error })
	if !can {
		return errors.New("this connection cannot be closed by halves")
	}
	if err := half.CloseWrite(); !errors.Is(err, syscall.ENOTCONN) {
		return err
	}
	return nil
}

// reset has the connection end with a RST.
func (c *connection) reset() error {
	network := c.Conn
	if secured, is := network.(*tls.Conn); is {
		network = secured.NetConn()
	}
	if tcp, is := network.(*net.TCPConn); is {
		tcp.SetLinger(0)
	}
	return network.Close()
}
