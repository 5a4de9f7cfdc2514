// Package capability says what scripts may reach outside of their sandbox: the lists that a bundle's manifest declares and an
// operator grants. It is a leaf: what reads manifests and what enforces them share it.
package capability

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Set is what scripts may reach. What it does not list is denied: the zero value grants nothing. The doc tags are the
// descriptions in the JSON Schema of manifests.
type Set struct {
	Network      []Destination `json:"network,omitempty" doc:"Where they may connect to: api.example.com:443, *.example.com:443, 10.0.0.0/8:8000-8999, [2001:db8::]/32:*."`
	UnixSockets  []string      `json:"unix-sockets,omitempty" doc:"Unix sockets that they may connect to, by absolute path."`
	Environment  []string      `json:"environment,omitempty" doc:"Environment variables that they may read."`
	Files        []string      `json:"files,omitempty" doc:"Files outside of the bundle that they may read while they load, by absolute path."`
	Maps         []string      `json:"maps,omitempty" doc:"Maps and ACLs that they may change, by the path that the configuration knows them by."`
	Shared       []string      `json:"shared,omitempty" doc:"Prefixes of the keys of core.shared, and of the variables of the process (proc.NAME), that they may use."`
	Secrets      []string      `json:"secrets,omitempty" doc:"Secrets that the operator mounts for them, by name."`
	ReadHeaders  []string      `json:"read-headers,omitempty" doc:"Headers with credentials that they may read: authorization, cookie, proxy-authorization, set-cookie."`
	SetHeaders   []string      `json:"set-headers,omitempty" doc:"Headers that they may set or remove."`
	Commands     []string      `json:"commands,omitempty" doc:"Commands that they may register in the runtime API."`
	Control      []string      `json:"control,omitempty" doc:"Servers and proxies whose state they may change: BACKEND/SERVER, BACKEND/*, or the name of a proxy."`
	Certificates []string      `json:"certificates,omitempty" doc:"Certificates that they may replace, by the path that the configuration knows them by."`
}

// Names are those of the capabilities, as manifests have them.
var Names = func() []string {
	names := []string{"network"}
	for _, l := range new(Set).lists() {
		names = append(names, l.name)
	}
	return names
}()

// Bounds of a Set.
const (
	MaxValues = 256  // of one capability
	MaxText   = 1024 // bytes of one value
)

// list is one capability whose values are texts, and how they are checked.
type list struct {
	name    string
	values  []string
	valid   func(string) bool
	expects string
}

// lists are the capabilities but for Network, whose values check themselves.
func (s *Set) lists() []list {
	return []list{
		{"unix-sockets", s.UnixSockets, isAbsolute, "an absolute path without . and .."},
		{"environment", s.Environment, variableName.MatchString, "the name of a variable"},
		{"files", s.Files, isAbsolute, "an absolute path without . and .."},
		{"maps", s.Maps, IsText, "a path"},
		{"shared", s.Shared, IsText, "a prefix of keys"},
		{"secrets", s.Secrets, secretName.MatchString, "a name of letters, digits, dots, dashes and underscores"},
		{"read-headers", s.ReadHeaders, headerName.MatchString, "the name of a header in lower case"},
		{"set-headers", s.SetHeaders, headerName.MatchString, "the name of a header in lower case"},
		{"commands", s.Commands, IsText, "the words of a command"},
		{"control", s.Control, IsText, "BACKEND/SERVER, BACKEND/* or the name of a proxy"},
		{"certificates", s.Certificates, IsText, "a path"},
	}
}

// Allows returns what tells whether a value of a capability other than network is granted. It panics for a name that no
// capability has.
func (s *Set) Allows(capability string) func(value string) bool {
	i := slices.IndexFunc(s.lists(), func(l list) bool { return l.name == capability })
	if i < 0 {
		panic("capability: " + capability)
	}
	values := s.lists()[i].values
	switch capability {
	case "shared":
		return func(key string) bool {
			return slices.ContainsFunc(values, func(prefix string) bool { return strings.HasPrefix(key, prefix) })
		}
	case "control":
		return func(name string) bool {
			section, _, isServer := strings.Cut(name, "/")
			return slices.Contains(values, name) || isServer && slices.Contains(values, section+"/*")
		}
	}
	return func(value string) bool { return slices.Contains(values, value) }
}

// Values returns what is listed under a capability, as it is written; nil for a name that no capability has.
func (s *Set) Values(capability string) (values []string) {
	if capability == "network" {
		for _, d := range s.Network {
			values = append(values, d.String())
		}
		return values
	}
	for _, l := range s.lists() {
		if l.name == capability {
			return l.values
		}
	}
	return nil
}

// Validate reports the first value that is none of its capability.
func (s *Set) Validate() error {
	if len(s.Network) > MaxValues {
		return fmt.Errorf("capabilities.network: more than %d", MaxValues)
	}
	for _, l := range s.lists() {
		if len(l.values) > MaxValues {
			return fmt.Errorf("capabilities.%s: more than %d", l.name, MaxValues)
		}
		for i, value := range l.values {
			if len(value) > MaxText || !l.valid(value) {
				return fmt.Errorf("capabilities.%s[%d]: expected %s, found %.128q", l.name, i, l.expects, value)
			}
		}
	}
	return nil
}

var (
	variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	secretName   = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]*$`)
	headerName   = regexp.MustCompile("^[a-z0-9!#$%&'*+.^_`|~-]+$")
)

// IsText reports whether a text can stand in a message, a log line and a list.
func IsText(text string) bool {
	return text != "" && len(text) <= MaxText && utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}

func isAbsolute(name string) bool {
	return IsText(name) && path.IsAbs(name) && path.Clean(name) == name
}
