package survey

import (
	"slices"
	"strings"
)

// call is a function whose argument says what a script needs.
type call struct {
	receiver string // the word before the dot or colon; "" for any
	name     string
	argument int    // -1: whatever they are
	field    string // see Need
	kind     string
	// value turns the argument into what the manifest lists, and may choose another field; "" when it is computed.
	// A call that is not what it looked like returns no field. Nil: the argument is a constant string.
	value func(c *called) (field, value string)
}

// calls are looked at one by one: a row for each function.
var calls = []call{
	{"core", "register_action", 0, "registrations", "action", nil},
	{"core", "register_converters", 0, "registrations", "converter", nil},
	{"core", "register_fetches", 0, "registrations", "fetch", nil},
	{"core", "register_filter", 0, "registrations", "filter", nil},
	{"core", "register_service", 0, "registrations", "service", nil},
	{"core", "register_task", 0, "registrations", "task", unnamed},
	{"core", "register_cli", 0, "registrations", "cli", words},
	{"core", "register_cli", 0, "commands", "", words},
	{"", "require", 0, "require", "", nil},
	{"os", "getenv", 0, "environment", "", nil},
	{"core", "secret", 0, "secrets", "", nil},
	{"CertCache", "set", 0, "certificates", "", unnamed},
	{"", "set_addr", 0, "control", "", unnamed},
	{"", "set_weight", 0, "control", "", unnamed},
	{"", "set_maxconn", 0, "control", "", unnamed},
	{"io", "open", 0, "files", "", file},
	{"io", "lines", 0, "files", "", file},
	{"core", "add_acl", 0, "maps", "", nil},
	{"core", "del_acl", 0, "maps", "", nil},
	{"core", "set_map", 0, "maps", "", nil},
	{"core", "del_map", 0, "maps", "", nil},
	{"shared", "get", 0, "shared", "", keyPrefix},
	{"shared", "set", 0, "shared", "", keyPrefix},
	{"shared", "add", 0, "shared", "", keyPrefix},
	{"shared", "delete", 0, "shared", "", keyPrefix},
	{"shared", "incr", 0, "shared", "", keyPrefix},
	{"shared", "compare_and_set", 0, "shared", "", keyPrefix},
	{"shared", "keys", 0, "shared", "", keyPrefix},
	{"shared", "wait", 0, "shared", "", keyPrefix},
	{"", "connect", 0, "network", "", destination},
	{"", "connect_ssl", 0, "network", "", destination},
	{"", "get", 0, "network", "", requestURL},
	{"", "head", 0, "network", "", requestURL},
	{"", "post", 0, "network", "", requestURL},
	{"", "put", 0, "network", "", requestURL},
	{"", "delete", 0, "network", "", requestURL},
	{"", "req_add_header", 0, "set-headers", "", header},
	{"", "req_set_header", 0, "set-headers", "", header},
	{"", "req_del_header", 0, "set-headers", "", header},
	{"", "req_rep_header", 0, "set-headers", "", header},
	{"", "req_rep_value", 0, "set-headers", "", header},
	{"", "res_add_header", 0, "set-headers", "", header},
	{"", "res_set_header", 0, "set-headers", "", header},
	{"", "res_del_header", 0, "set-headers", "", header},
	{"", "res_rep_header", 0, "set-headers", "", header},
	{"", "res_rep_value", 0, "set-headers", "", header},
	{"", "cook", -1, "read-headers", "", reads("cookie")},
	{"", "req_cook", -1, "read-headers", "", reads("cookie")},
	{"", "req_cook_cnt", -1, "read-headers", "", reads("cookie")},
	{"", "req_cook_val", -1, "read-headers", "", reads("cookie")},
	{"", "scook", -1, "read-headers", "", reads("set-cookie")},
	{"", "res_cook", -1, "read-headers", "", reads("set-cookie")},
	{"", "res_cook_cnt", -1, "read-headers", "", reads("set-cookie")},
	{"", "res_cook_val", -1, "read-headers", "", reads("set-cookie")},
	{"", "http_auth_pass", -1, "read-headers", "", reads("authorization")},
	{"", "http_auth_type", -1, "read-headers", "", reads("authorization")},
	{"", "http_auth_user", -1, "read-headers", "", reads("authorization")},
	{"", "add_header", 0, "set-headers", "", header},
	{"", "set_header", 0, "set-headers", "", header},
	{"", "del_header", 0, "set-headers", "", header},
}

// credentials are the headers that need a capability to be read.
var credentials = []string{"authorization", "cookie", "proxy-authorization", "set-cookie"}

// called is a call in a script.
type called struct {
	field     string // of the row
	arguments [][]token
	argument  []token // the one that the row names
}

// constant returns the value of an expression that is one string.
func constant(expression []token) string {
	if len(expression) == 1 && expression[0].kind == text && expression[0].constant {
		return expression[0].text
	}
	return ""
}

// readScript returns what one script needs.
func readScript(path string, source []byte) []Need {
	var needs []Need
	list := tokens(source)
	set := map[int]bool{} // tokens that name a header to set, which is not reading it
	for i, t := range list {
		place := Place{path, t.line}
		receiver, method := "", false
		if i >= 2 && list[i-1].kind == symbol && strings.Contains(".:", list[i-1].text) && list[i-2].kind == name {
			receiver, method = list[i-2].text, true
		}
		if lower := strings.ToLower(t.text); (t.kind == text || t.kind == name && method) && slices.Contains(credentials, lower) && !set[i] {
			needs = append(needs, Need{place, t.text, "read-headers", "", lower})
		}
		if t.kind != name || isDefined(list, i, method) {
			continue
		}
		for _, row := range calls {
			if row.name != t.text || row.receiver != "" && row.receiver != receiver {
				continue
			}
			arguments := argumentsAt(list, i+1)
			if len(arguments) <= row.argument || !isCall(list, i) {
				continue
			}
			c := called{field: row.field, arguments: arguments}
			if row.argument >= 0 {
				c.argument = arguments[row.argument]
			}
			field, value := row.field, ""
			if row.value == nil {
				value = constant(c.argument)
			} else {
				field, value = row.value(&c)
			}
			if field == "" {
				continue
			}
			set[i+2] = set[i+2] || field == "set-headers"
			needs = append(needs, Need{place, strings.TrimPrefix(receiver+"."+t.text, "."), field, row.kind, value})
		}
	}
	return needs
}

// isDefined reports whether a name stands after "function", with its table or without.
func isDefined(list []token, at int, method bool) bool {
	if method {
		at -= 2
	}
	return at > 0 && list[at-1].kind == name && list[at-1].text == "function"
}

// isCall reports whether a name is followed by what the arguments of a call begin with.
func isCall(list []token, at int) bool {
	if at+1 >= len(list) {
		return false
	}
	next := list[at+1]
	return next.kind == text || next.kind == symbol && (next.text == "(" || next.text == "{")
}

// argumentsAt returns the arguments of a call whose opening stands at a token, or nil if none does.
func argumentsAt(list []token, at int) [][]token {
	if at >= len(list) {
		return nil
	}
	if list[at].kind == text {
		return [][]token{list[at : at+1]} // f "string"
	}
	if list[at].kind != symbol || list[at].text != "(" && list[at].text != "{" {
		return nil
	}
	var arguments [][]token
	depth, start := 0, at+1
	for i := at; i < len(list); i++ {
		if list[i].kind != symbol {
			continue
		}
		switch list[i].text {
		case "(", "{", "[":
			depth++
		case ")", "}", "]":
			if depth--; depth > 0 {
				continue
			}
			if list[at].text == "{" {
				return [][]token{list[at : i+1]} // f {table}
			}
			if i > start || len(arguments) > 0 {
				arguments = append(arguments, list[start:i])
			}
			return arguments
		case ",":
			if depth == 1 && list[at].text == "(" {
				arguments = append(arguments, list[start:i])
				start = i + 1
			}
		}
	}
	return arguments
}
