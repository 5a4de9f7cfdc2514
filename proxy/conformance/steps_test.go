package conformance

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"strconv"
	"syscall"
	"time"
)

// A step is either a command, or begins with the name of a connection, a server or a log sink. Each function carries one
// out and returns what the transcript shows below it, "" for nothing. An error ends the case: the script is wrong, or
// something did not happen at all.
type stepFunc func(r *run, s step) (string, error)

// commands concern the proxy.
var commands = map[string]stepFunc{
	"start":  doStart,
	"closed": doClosed,
	"check":  doCheck,
	"run":    doRun,
	"env":    doEnv,
	"mask":   doMask,
	"api":    doAPI,
	"signal": doSignal,
	"exit":   doExit,
	"sleep":  doSleep,

	"certificate": doCertificate,
	"revoke":      doRevoke,
}

// connectionSteps follow the name of a connection. connect and accept make it.
var connectionSteps = map[string]stepFunc{
	"connect": doConnect,
	"accept":  doAccept,
	"send":    doSend,
	"receive": doReceive,
	"finish":  doFinish,
	"reset":   doReset,
	"close":   doClose,
}

// upstreamSteps follow the name of a server.
var upstreamSteps = map[string]stepFunc{
	"reports": becomes(func(u *upstream, _ step) func(*connection) { return u.report }),
	"answers": becomes(func(u *upstream, s step) func(*connection) {
		return u.answers([]byte(s.argument(2).text), s.argument(3).text == "close")
	}),
	"echoes":   becomes(func(*upstream, step) func(*connection) { return echo }),
	"swallows": becomes(func(*upstream, step) func(*connection) { return swallow }),
	"resets":   becomes(func(*upstream, step) func(*connection) { return reset }),
	"refuses":  doRefuse,
	"secure":   doSecure,
}

// sinkSteps follow the name of a log sink.
var sinkSteps = map[string]stepFunc{
	"receive": doReceiveLines,
}

// beforeStart are the steps that do not need a proxy that runs. All others start it.
var beforeStart = map[string]bool{"closed": true, "check": true, "run": true, "env": true, "mask": true, "certificate": true, "revoke": true}

// doStart starts the proxy, with more arguments than the configuration.
func doStart(r *run, s step) (string, error) { return r.start(s.texts(1)) }

// doClosed names addresses that the proxy will not listen on.
func doClosed(r *run, s step) (string, error) {
	for _, name := range s.texts(1) {
		delete(r.awaited, name)
	}
	return "", nil
}

// doCheck has the configuration checked.
func doCheck(r *run, s step) (string, error) {
	return r.toEnd(append([]string{"-c", "-f", "haproxy.cfg"}, s.texts(1)...))
}

// doRun runs the program with arguments of its own until it ends.
func doRun(r *run, s step) (string, error) { return r.toEnd(s.texts(1)) }

func doEnv(r *run, s step) (string, error) {
	r.environment = append(r.environment, s.argument(1).text)
	return "", nil
}

func doMask(r *run, s step) (string, error) {
	return "", r.masks.add(s.argument(1).text, s.argument(2).text)
}

// doAPI sends a command to the runtime API, and shows its answer. With `until`, the command is sent again and again until
// the answer matches, and nothing else is shown.
func doAPI(r *run, s step) (string, error) {
	var until *regexp.Regexp
	if s.argument(3).text == "until" {
		var err error
		if until, err = regexp.Compile(s.argument(4).text); err != nil {
			return "", err
		}
	}
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		answer, err := r.ask(s.argument(1).text, s.argument(2).text)
		switch {
		case err != nil:
			return "", err
		case until == nil:
			return r.masks.quoted(answer), nil
		case until.Match(answer):
			return "", nil
		case time.Now().After(deadline):
			return "", fmt.Errorf("the answer never was %s, but %q", until, answer)
		}
	}
}

func (r *run) ask(address, command string) ([]byte, error) {
	c, err := dial(address, r.folder)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(c, command+"\n"); err != nil {
		return nil, err
	}
	return io.ReadAll(c)
}

var signals = map[string]syscall.Signal{
	"HUP": syscall.SIGHUP, "INT": syscall.SIGINT, "QUIT": syscall.SIGQUIT, "TERM": syscall.SIGTERM, "USR1": syscall.SIGUSR1,
	"USR2": syscall.SIGUSR2, "TTIN": syscall.SIGTTIN, "TTOU": syscall.SIGTTOU,
}

func doSignal(r *run, s step) (string, error) {
	signal, known := signals[s.argument(1).text]
	if !known {
		return "", fmt.Errorf("unknown signal '%s'", s.argument(1).text)
	}
	return "", r.proxy.command.Process.Signal(signal)
}

// doExit waits for the proxy to end, and shows its status.
func doExit(r *run, s step) (string, error) {
	status, err := r.proxy.status()
	r.expectedEnd = true
	return "\t" + status + "\n", err
}

func doSleep(_ *run, s step) (string, error) {
	d, err := time.ParseDuration(s.argument(1).text)
	time.Sleep(d)
	return "", err
}

func doConnect(r *run, s step) (string, error) {
	name := s.words[0].text
	c, err := dial(s.argument(2).text, r.folder)
	if err != nil {
		delete(r.connections, name)
		return "\t" + ending(err) + "\n", nil
	}
	if address := c.LocalAddr().String(); address != "" {
		r.masks.address(address, name)
	}
	shown := ""
	if s.argument(3).text == "tls" {
		if c, shown, err = r.secureClient(c, s.settings(4)); err != nil {
			return "", err
		}
	}
	r.connections[name] = newConnection(c, false)
	return shown, nil
}

// secureClient does a client's handshake and says what came of it.
func (r *run) secureClient(c net.Conn, o settings) (net.Conn, string, error) {
	config, err := r.configuration(o)
	if err != nil {
		return nil, "", err
	}
	secured := tls.Client(c, config)
	secured.SetDeadline(time.Now().Add(patience))
	if err := secured.Handshake(); err != nil {
		return secured, "\t" + tlsFailure(err) + "\n", nil
	}
	secured.SetDeadline(time.Time{})
	return secured, "\t" + describe(secured.ConnectionState()) + "\n", nil
}

// doSecure is <server> secure <certificate> [alpn=<protocol>,...] [ask]: connections to the server are TLS.
func doSecure(r *run, s step) (string, error) {
	o := s.settings(3)
	o["certificate"] = s.argument(2).text
	config, err := r.configuration(o)
	if o.has("ask") {
		config.ClientAuth = tls.RequestClientCert
	}
	u := r.upstreams[s.words[0].text]
	u.mu.Lock()
	defer u.mu.Unlock()
	u.secure = config
	return "", err
}

func doAccept(r *run, s step) (string, error) {
	u, known := r.upstreams[s.argument(2).text]
	if !known {
		return "", fmt.Errorf("there is no server '%s'", s.argument(2).text)
	}
	c, err := u.accept()
	if err != nil {
		return "", err
	}
	name := s.words[0].text
	r.masks.address(c.RemoteAddr().String(), name)
	r.connections[name] = newConnection(c, true)
	secured, is := c.(*tls.Conn)
	if !is {
		return "", nil
	}
	if err := secured.Handshake(); err != nil {
		return "\t" + tlsFailure(err) + "\n", nil
	}
	return "\t" + describe(secured.ConnectionState()) + "\n", nil
}

// named returns the connection that a step begins with. One that could not be opened is nobody's fault but shown.
func (r *run) named(s step) (*connection, error) {
	c := r.connections[s.words[0].text]
	if c == nil {
		return nil, fmt.Errorf("there is no connection '%s'", s.words[0].text)
	}
	return c, nil
}

func doSend(r *run, s step) (string, error) {
	c, err := r.named(s)
	if err != nil {
		return "", err
	}
	var data bytes.Buffer
	for _, w := range s.words[2:] {
		data.WriteString(w.text)
	}
	c.SetWriteDeadline(time.Now().Add(patience))
	_, err = c.Write(data.Bytes())
	if ending(err) == "timed out" {
		return "\ttimed out\n", nil
	}
	return "", nil // whoever closed early shows in what is received next
}

func doReceive(r *run, s step) (string, error) {
	c, err := r.named(s)
	if err != nil {
		return "", err
	}
	data, end := c.receive(s.argument(2))
	shown := r.masks.quoted(data)
	if end != "" {
		shown += "\t" + end + "\n"
	}
	return shown, nil
}

func doFinish(r *run, s step) (string, error) {
	c, err := r.named(s)
	if err != nil {
		return "", err
	}
	return "", c.finish()
}

func doReset(r *run, s step) (string, error) {
	c, err := r.named(s)
	if err != nil {
		return "", err
	}
	return "", c.reset()
}

func doClose(r *run, s step) (string, error) {
	c, err := r.named(s)
	if err != nil {
		return "", err
	}
	return "", c.Close()
}

func becomes(behaviour func(*upstream, step) func(*connection)) stepFunc {
	return func(r *run, s step) (string, error) {
		u := r.upstreams[s.words[0].text]
		return "", u.become(behaviour(u, s))
	}
}

func doRefuse(r *run, s step) (string, error) {
	r.upstreams[s.words[0].text].refuse()
	return "", nil
}

// doReceiveLines is <sink> receive [<n>|silence].
func doReceiveLines(r *run, s step) (string, error) {
	from := r.sinks[s.words[0].text]
	if s.argument(2).text == "silence" {
		lines := from.silence()
		if len(lines) == 0 {
			return "\tsilence\n", nil
		}
		return r.masks.quoted(lines), nil
	}
	n := 1
	if text := s.argument(2).text; text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			return "", errors.New("a number of log lines, or silence, was expected")
		}
	}
	lines, err := from.receive(n)
	shown := r.masks.quoted(lines)
	if err != nil {
		shown += "\t" + err.Error() + "\n"
	}
	return shown, nil
}
