package acl

// keyword is a fetch with the matching method that a name implies (manual, sections 7.3.3 to 7.3.6, "ACL derivatives").
// It counts only without converters; other fetches take the method of their type.
type keyword struct{ fetch, method string }

var keywords = map[string]keyword{
	"method":         {"method", "meth"},
	"req_ver":        {"req.ver", "str"},
	"resp_ver":       {"res.ver", "str"},
	"req_proto_http": {"req.proto_http", "bool"},
}

func init() {
	families := map[string]string{
		"base": "base", "cook": "req.cook", "hdr": "req.hdr", "path": "path", "scook": "res.cook", "shdr": "res.hdr",
		"url": "url", "urlp": "urlp",
	}
	for name, fetch := range families {
		keywords[name] = keyword{fetch, "str"}
		for _, method := range []string{"beg", "dir", "dom", "end", "len", "reg", "sub"} {
			keywords[name+"_"+method] = keyword{fetch, method}
		}
	}
}

// predefined are the ACLs of the manual's section 7.4, but for those that need other protocols.
var predefined = map[string][]string{
	"FALSE":          {"always_false"},
	"HTTP":           {"req.proto_http"},
	"HTTP_1.0":       {"req.ver", "1.0"},
	"HTTP_1.1":       {"req.ver", "1.1"},
	"HTTP_2.0":       {"req.ver", "2.0"},
	"HTTP_CONTENT":   {"req.hdr_val(content-length)", "gt", "0"},
	"HTTP_URL_ABS":   {"url_reg", "^[^/:]*://"},
	"HTTP_URL_SLASH": {"url_beg", "/"},
	"HTTP_URL_STAR":  {"url", "*"},
	"LOCALHOST":      {"src", "127.0.0.1/8", "::1"},
	"METH_CONNECT":   {"method", "CONNECT"},
	"METH_DELETE":    {"method", "DELETE"},
	"METH_GET":       {"method", "GET", "HEAD"},
	"METH_HEAD":      {"method", "HEAD"},
	"METH_OPTIONS":   {"method", "OPTIONS"},
	"METH_POST":      {"method", "POST"},
	"METH_PUT":       {"method", "PUT"},
	"METH_TRACE":     {"method", "TRACE"},
	"TRUE":           {"always_true"},
}
