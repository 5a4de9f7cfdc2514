package sample

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"tidelock/proxy/protobuf"
	"tidelock/proxy/regex"
	"tidelock/proxy/sticktable"
	"tidelock/proxy/stream"
	"tidelock/proxy/value"
)

// Type is what a fetch or converter expects of an argument.
type Type uint8

const (
	String       Type = iota // Text
	Integer                  // Int
	IPv4                     // Addr
	IPv6                     // Addr
	Mask4                    // Addr, from its address form or a number of leading ones
	Mask6                    // likewise
	Name                     // Variable
	Operand                  // Variable, or Int when it is a number
	Pattern                  // Text, which the row's Prepare compiles to Regexp
	FieldNumber              // Extra, a protobuf.Path
	Table                    // Table: the one of that name, or without a name the section's own
	OtherTable               // Table: the one of that name, if any is named
	UserList                 // Text, which the row's Prepare looks up
	FrontendName             // Extra, the *stream.Proxy
	BackendName              // likewise
	ServerPath               // Extra, what returns the stream.Member: "backend/server", or a server of the section
)

var typeNames = [...]string{
	"string", "integer", "IPv4 address", "IPv6 address", "IPv4 mask", "IPv6 mask", "variable", "integer or variable", "regex",
	"Protocol buffers field number", "table", "table", "user list", "frontend", "backend", "server",
}

// String returns the name that error messages give the type.
func (t Type) String() string { return typeNames[t] }

// Argument is one argument of a fetch or converter, parsed when the configuration was loaded. Absent optional ones are
// zero.
type Argument struct {
	Given    bool
	Int      int64
	Text     string
	Data     []byte // what Prepare made of Text
	Addr     netip.Addr
	Variable Variable // ID is zero where there is none
	Regexp   *regex.Regexp
	Table    *sticktable.Table
	Extra    any // what Prepare made of the argument: a hash, a layout
}

// Parameters describes the arguments of a row: the first Required ones must be there.
type Parameters struct {
	Required int
	Types    []Type
}

// nowhere is the type of an argument that no row has.
const nowhere Type = 255

// typeOf returns the type of the argument with number i.
func (p Parameters) typeOf(i int) Type {
	if i >= len(p.Types) {
		return nowhere
	}
	return p.Types[i]
}

// mayBeEmpty reports whether an empty text is an argument, and not one that is left out.
func (t Type) mayBeEmpty() bool {
	return t == String || t == Pattern || t == Operand || t == Name || t == Table || t == FrontendName || t == BackendName
}

func required(types ...Type) Parameters { return Parameters{len(types), types} }

func optional(types ...Type) Parameters { return Parameters{0, types} }

// and makes a further parameter optional.
func (p Parameters) and(types ...Type) Parameters {
	return Parameters{p.Required, append(p.Types[:len(p.Types):len(p.Types)], types...)}
}

// parse types what stands in an expression: nil without parentheses, one empty text for empty ones. The result has one
// entry for each parameter. With an error comes the number of the argument that it is about.
func (p Parameters) parse(texts []string) (arguments []Argument, at int, err error) {
	if len(texts) == 0 && p.Required > 0 {
		// HAProxy takes a list that is left out for one empty argument.
		texts = []string{""}
	}
	arguments = make([]Argument, len(p.Types))
	for i, t := range p.Types {
		switch {
		case i >= len(texts) && i < p.Required:
			return nil, i, fmt.Errorf("missing arguments (got %d/%d), type '%s' expected", len(texts), p.Required, t)
		case i >= len(texts):
		case texts[i] == "" && !t.mayBeEmpty():
			if i < p.Required || i < len(texts)-1 {
				return nil, i, fmt.Errorf("expected type '%s' at position %d, but got nothing", t, i+1)
			}
			// A number that is left empty after a comma is 0.
			arguments[i].Given = t == Integer
		default:
			if err := arguments[i].set(t, texts[i]); err != nil {
				return nil, i, p.failure(t, texts[i], i, err)
			}
		}
	}
	return arguments, 0, nil
}

// failure is the error about an argument that is not of its type.
func (p Parameters) failure(t Type, text string, i int, err error) error {
	switch t {
	case Operand:
		return &wholeError{errors.New("expects an integer or a variable name")}
	case Name:
		return &wholeError{err}
	}
	return fmt.Errorf("failed to parse '%s' as type '%s' at position %d", text, t, i+1)
}

// wholeError is an error that HAProxy finds when it looks at all arguments together.
type wholeError struct{ error }

// set reads text as a value of type t.
func (a *Argument) set(t Type, text string) (err error) {
	a.Given, a.Text = true, text
	switch t {
	case Integer:
		a.Int, err = parseInteger(text)
	case IPv4:
		a.Addr, err = netip.ParseAddr(text)
		if err == nil && !a.Addr.Is4() {
			err = strconv.ErrSyntax
		}
	case IPv6:
		a.Addr, err = netip.ParseAddr(text)
		if err == nil && (a.Addr.Is4() || a.Addr.Zone() != "") {
			err = strconv.ErrSyntax
		}
	case Mask4:
		a.Addr, err = parseMask(text, 32)
	case Mask6:
		a.Addr, err = parseMask(text, 128)
	case FieldNumber:
		path, ok := protobuf.ParsePath(text)
		if !ok {
			return strconv.ErrSyntax
		}
		a.Extra = path
	case Name:
		var v Variable
		if v, err = Intern(text); err == nil {
			a.Variable = v
			return nil
		}
		return err
	case Operand:
		if text == "" {
			return nil
		}
		if a.Int, err = parseInteger(text); err == nil {
			return nil
		}
		return a.set(Name, text)
	}
	return err
}

// parseInteger accepts what HAProxy does: decimal digits with a sign, saturated.
func parseInteger(text string) (int64, error) {
	i, rest := value.LeadingInt([]byte(text))
	if len(rest) > 0 || strings.Trim(text, "+-") == "" {
		return 0, strconv.ErrSyntax
	}
	return i, nil
}

// parseMask reads a mask of so many bits from its length or its address form.
func parseMask(text string, bits int) (netip.Addr, error) {
	if n, err := strconv.ParseUint(text, 10, 8); err == nil {
		if int(n) > bits {
			return netip.Addr{}, strconv.ErrRange
		}
		ones := netip.AddrFrom4([4]byte{255, 255, 255, 255})
		if bits == 128 {
			ones = netip.AddrFrom16([16]byte{255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255})
		}
		prefix, err := ones.Prefix(int(n))
		return prefix.Addr(), err
	}
	a, err := netip.ParseAddr(text)
	if err == nil && a.BitLen() != bits {
		err = strconv.ErrSyntax
	}
	return a, err
}

// tooMany is the error for more arguments than a row has parameters.
func (p Parameters) tooMany(got int) error {
	switch n := len(p.Types); n {
	case 0:
		return fmt.Errorf("expected no argument, but got %d", got)
	case 1:
		return fmt.Errorf("expected at most 1 argument, but got %d", got)
	default:
		return fmt.Errorf("expected at most %d arguments, but got %d", n, got)
	}
}

// findSections finds what arguments name of the configuration, as a section can refer to it.
func (p Parameters) findSections(arguments []Argument, section *stream.Proxy) error {
	if err := p.findTables(arguments, section); err != nil {
		return err
	}
	return p.findProxies(arguments, section)
}

// findTables finds the stick tables that arguments name, among those that a section can refer to.
func (p Parameters) findTables(arguments []Argument, section *stream.Proxy) error {
	for i, t := range p.Types {
		a := &arguments[i]
		switch {
		case t != Table && t != OtherTable || t == OtherTable && a.Text == "":
			continue
		case section == nil:
			return fmt.Errorf("there are no tables here")
		case a.Text == "":
			a.Text = section.Name
		}
		if a.Table = section.Tables.Named(a.Text); a.Table == nil {
			return fmt.Errorf("unable to find table '%s' referenced in arg %d", a.Text, i+1)
		}
	}
	return nil
}
