package emailalert

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	pause = time.Millisecond
	goleak.VerifyTestMain(m)
}

// mailServer takes mails and tells what clients said, a connection at a time. Refused is how many it greets with an error.
func mailServer(t *testing.T, refused int) (Address, <-chan string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	said := make(chan string, 100)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if refused--; refused >= 0 {
				io.WriteString(c, "554 go away\r\n")
				c.Close()
				continue
			}
			said <- talk(c)
			c.Close()
		}
	}()
	return Address{"tcp", l.Addr().String()}, said
}

func talk(c net.Conn) string {
	var all strings.Builder
	in := bufio.NewReader(c)
	fmt.Fprint(c, "220-hello\r\n220 there\r\n")
	for inData := false; ; {
		line, err := in.ReadString('\n')
		all.WriteString(line)
		switch {
		case err != nil:
			return all.String()
		case line == ".\r\n":
			inData = false
			fmt.Fprint(c, "250 ok\r\n")
		case inData:
		case line == "DATA\r\n":
			inData = true
			fmt.Fprint(c, "354 go on\r\n")
		case line == "QUIT\r\n":
			fmt.Fprint(c, "221 bye\r\n")
			return all.String()
		default:
			fmt.Fprint(c, "250 ok\r\n")
		}
	}
}

var date = regexp.MustCompile(`Date: [A-Z][a-z]{2}, [ \d]\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4} \([^)]+\)`)

// TestSender_Send expects what HAProxy 2.6.12 says to a mail server.
func TestSender_Send(t *testing.T) {
	one, saidToOne := mailServer(t, 0)
	two, saidToTwo := mailServer(t, attempts-1)
	s := Open(Settings{From: "a@x", To: "b@y", Hostname: "vm", Timeout: time.Minute, Mailers: []Address{one, two}})
	defer s.Close()
	s.Send("Server web/s is DOWN")
	const want = "HELO vm\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\nFrom: a@x\r\nTo: b@y\r\nDATE\r\n" +
		"Subject: [HAProxy Alert] Server web/s is DOWN\r\n\r\nServer web/s is DOWN\r\n\r\n.\r\nQUIT\r\n"
	for _, said := range []<-chan string{saidToOne, saidToTwo} {
		if diff := cmp.Diff(want, date.ReplaceAllString(<-said, "DATE")); diff != "" {
			t.Error(diff)
		}
	}
}

// A text that tries to end the mail and to send another stays a text.
func TestSender_Send_Hostile(t *testing.T) {
	server, said := mailServer(t, 0)
	s := Open(Settings{From: "a@x", To: "b@y", Hostname: "vm", Timeout: time.Minute, Mailers: []Address{server}})
	defer s.Close()
	s.Send("down\r\n.\r\nMAIL FROM:<c@z>\r\nBcc: d")
	if got := <-said; strings.Contains(got, "\r\nMAIL FROM:<c@z>") || strings.Contains(got, "\nBcc") || strings.Count(got, "\r\n.\r\n") != 1 {
		t.Errorf("said %q", got)
	}
}

// TestSender_Blocked has a server that never says a word: nobody waits for it, and what does not fit is counted.
func TestSender_Blocked(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s := Open(Settings{Timeout: time.Hour, Mailers: []Address{{"tcp", l.Addr().String()}}})
	for range 2*queueLength + 1 {
		s.Send("text")
	}
	// One mail may be on its way already.
	if lost := s.Lost(); lost < queueLength || lost > queueLength+1 {
		t.Errorf("%d lost", lost)
	}
	s.Close()
}

func TestSender_Refused(t *testing.T) {
	server, _ := mailServer(t, 1000)
	s := Open(Settings{Timeout: time.Minute, Mailers: []Address{server}})
	defer s.Close()
	s.Send("text")
	for s.Lost() == 0 {
		time.Sleep(time.Millisecond)
	}
}
