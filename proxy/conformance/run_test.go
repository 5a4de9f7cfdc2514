package conformance

import (
	"crypto/tls"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// run is one case played against one program.
type run struct {
	*testCase
	program     string // its path
	folder      string // where it runs
	environment []string
	values      map[string]string // of the placeholders
	ports       map[string]reservedPort
	awaited     map[string]int // ports that the proxy is to listen on, by name
	masks       *masks

	proxy       *process               // nil until it is started
	expectedEnd bool                   // the script waited for its end
	serial      int64                  // of the last certificate
	sessions    tls.ClientSessionCache // of TLS clients
	connections map[string]*connection
	upstreams   map[string]*upstream
	sinks       map[string]*sink
	transcript  strings.Builder
}

// play runs a case against a program. The error says that the case could not be played to its end; the transcript shows
// how far it came.
func (c *testCase) play(program string) (transcript string, output []byte, err error) {
	folder, err := os.MkdirTemp("", "conf") // short: paths of unix sockets are bounded
	if err != nil {
		return "", nil, err
	}
	r := &run{
		testCase: c, program: program, folder: folder,
		values: map[string]string{"dir": folder}, ports: map[string]reservedPort{}, awaited: map[string]int{}, masks: newMasks(),
		sessions: tls.NewLRUClientSessionCache(0), connections: map[string]*connection{}, upstreams: map[string]*upstream{}, sinks: map[string]*sink{},
	}
	r.masks.name(folder, "dir")
	defer r.end()
	if err := r.prepare(); err != nil {
		return "", nil, err
	}
	err = r.steps()
	if r.proxy != nil {
		output = r.proxy.output.bytes()
	}
	return r.transcript.String(), output, err
}

// Names of placeholders say what they stand for. Any other is an address that the proxy listens on.
var (
	upstreamName = regexp.MustCompile(`^s\d+$`)
	sinkName     = regexp.MustCompile(`^(unix)?log\d*$`)
)

// prepare gives every placeholder its value, starts servers and sinks, and writes the files.
func (r *run) prepare() error {
	for _, name := range r.names() {
		if err := r.provide(name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	for _, name := range r.bound() {
		if port, reserved := r.ports[name]; reserved {
			r.awaited[name] = port.number
		}
	}
	for _, file := range r.files {
		path := filepath.Join(r.folder, filepath.Clean("/"+file.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(r.fill(string(file.Data))), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) provide(name string) error {
	var err error
	switch kind := sinkName.FindStringSubmatch(name); {
	case name == "dir":
	case kind != nil && kind[1] == "unix":
		r.values[name] = filepath.Join(r.folder, name)
		r.sinks[name], err = newSink("unixgram", r.values[name])
	case kind != nil:
		if r.sinks[name], err = newSink("udp", "127.0.0.1:0"); err == nil {
			r.values[name] = r.sinks[name].LocalAddr().String()
		}
	default:
		var port reservedPort
		if port, err = reservePort(); err != nil {
			return err
		}
		r.values[name] = port.address()
		r.ports[name] = port
		if upstreamName.MatchString(name) {
			scripted := regexp.MustCompile(`(?m)^\s*\w+ accept ` + name + `$`).MatchString(r.script)
			r.upstreams[name], err = newUpstream(name, port, r.masks, scripted)
		}
	}
	if name != "dir" {
		r.masks.address(r.values[name], name)
	}
	return err
}

// fill replaces the placeholders of a text.
func (r *run) fill(text string) string {
	return placeholder.ReplaceAllStringFunc(text, func(match string) string {
		parts := placeholder.FindStringSubmatch(match)
		value, have := r.values[parts[1]]
		switch {
		case !have:
			return match
		case parts[2] == ".port":
			return value[strings.LastIndexByte(value, ':')+1:]
		}
		return value
	})
}

// below makes a path relative to a folder absolute.
func below(folder, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(folder, path)
}

// steps plays the script.
func (r *run) steps() error {
	steps, err := parseScript(r.fill(r.script), r.script)
	if err != nil {
		return err
	}
	for _, s := range steps {
		do, starts, err := r.find(s)
		if err != nil {
			return err
		}
		if starts && r.proxy == nil {
			shown, err := r.start(nil)
			if err != nil {
				return err
			}
			if shown != "" { // it did not start
				r.transcript.WriteString("start\n" + shown)
				return nil
			}
		}
		shown, err := do(r, s)
		if shown != "" {
			r.transcript.WriteString(s.text + "\n" + shown)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", s.text, err)
		}
	}
	return r.checkAlive()
}

// find returns the function of a step, and whether the proxy must run for it.
func (r *run) find(s step) (do stepFunc, starts bool, err error) {
	subject, verb := s.words[0].text, s.argument(1).text
	if do, known := commands[subject]; known {
		return do, !beforeStart[subject] && subject != "start", nil
	}
	table, starts := connectionSteps, true
	switch {
	case r.upstreams[subject] != nil:
		table, starts = upstreamSteps, false
	case r.sinks[subject] != nil:
		table = sinkSteps
	}
	do, known := table[verb]
	if !known {
		return nil, false, fmt.Errorf("there is no step '%s'", s.text)
	}
	return do, starts, nil
}

// start starts the proxy. It returns how that failed, as the transcript shows it.
func (r *run) start(arguments []string) (string, error) {
	var err error
	r.proxy, err = startProcess(r.program, r.folder, r.environment, append([]string{"-db", "-f", "haproxy.cfg"}, arguments...))
	if err != nil {
		return "", err
	}
	ready, err := r.proxy.ready(r.awaited)
	if ready || err != nil {
		return "", err
	}
	status, err := r.proxy.status()
	r.expectedEnd = true
	return "\t" + status + "\n" + r.masks.quoted(messages(r.proxy.output.bytes())), err
}

// toEnd runs the program with arguments and shows its status and messages.
func (r *run) toEnd(arguments []string) (string, error) {
	status, output, err := runToEnd(r.program, r.folder, r.environment, arguments)
	return "\t" + status + "\n" + r.masks.quoted(messages(output)), err
}

// checkAlive says when the proxy ended though the script did not make it.
func (r *run) checkAlive() error {
	if r.proxy == nil || r.expectedEnd {
		return nil
	}
	select {
	case <-r.proxy.ended:
		fmt.Fprintf(&r.transcript, "the proxy ended: %s\n", r.proxy.command.ProcessState)
	default:
	}
	return nil
}

// end stops everything and removes the folder.
func (r *run) end() {
	if r.proxy != nil {
		r.proxy.end()
	}
	for _, c := range r.connections {
		c.Close()
	}
	for name, port := range r.ports {
		if u := r.upstreams[name]; u != nil {
			u.stop()
		} else {
			port.release()
		}
	}
	for _, s := range r.sinks {
		s.Close()
	}
	os.RemoveAll(r.folder)
}
