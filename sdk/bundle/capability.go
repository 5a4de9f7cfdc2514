package bundle

// Capabilities are what scripts need to reach outside of their sandbox. The manifest declares them for those who review and
// sign a bundle; granting and enforcing them is the part of who runs it.
type Capabilities struct {
	Network     []Destination `json:"network,omitempty" doc:"Where they may connect to: api.example.com:443, *.example.com:443, 10.0.0.0/8:8000-8999, [2001:db8::]/32:*."`
	UnixSockets []string      `json:"unix-sockets,omitempty" doc:"Unix sockets that they may connect to, by absolute path."`
	Environment []string      `json:"environment,omitempty" doc:"Environment variables that they may read."`
	Files       []string      `json:"files,omitempty" doc:"Files outside of the bundle that they may read while they load, by absolute path."`
	Maps        []string      `json:"maps,omitempty" doc:"Maps and ACLs that they may change, by the path that the configuration knows them by."`
	Shared      []string      `json:"shared,omitempty" doc:"Prefixes of the keys of core.shared that they may use."`
	Secrets     []string      `json:"secrets,omitempty" doc:"Secrets that the operator mounts for them, by name."`
	ReadHeaders []string      `json:"read-headers,omitempty" doc:"Headers with credentials that they may read: authorization, cookie, proxy-authorization, set-cookie."`
	SetHeaders  []string      `json:"set-headers,omitempty" doc:"Headers that they may set or remove."`
	Commands    []string      `json:"commands,omitempty" doc:"Commands that they may register in the runtime API."`
}

// capability is how one list of texts is checked.
type capability struct {
	name    string
	values  []string
	valid   func(string) bool
	expects string
}

// lists are the capabilities but for Network, whose values check themselves.
func (c Capabilities) lists() []capability {
	return []capability{
		{"unix-sockets", c.UnixSockets, isAbsolute, "an absolute path without . and .."},
		{"environment", c.Environment, variableName.MatchString, "the name of a variable"},
		{"files", c.Files, isAbsolute, "an absolute path without . and .."},
		{"maps", c.Maps, isText, "a path"},
		{"shared", c.Shared, isText, "a prefix of keys"},
		{"secrets", c.Secrets, secretName.MatchString, "a name of letters, digits, dots, dashes and underscores"},
		{"read-headers", c.ReadHeaders, headerName.MatchString, "the name of a header in lower case"},
		{"set-headers", c.SetHeaders, headerName.MatchString, "the name of a header in lower case"},
		{"commands", c.Commands, isText, "the words of a command"},
	}
}
