package acl

import "tidelock/proxy/pattern"

// keyword is a fetch with the matching method that a name implies (manual, sections 7.3.3 to 7.3.6, "ACL derivatives").
// It counts only without converters; other fetches take the method of their type.
type keyword struct {
	fetch  string
	method *pattern.Method
}

var keywords = map[string]keyword{
	"http_auth_group":    {"http_auth_group", pattern.Str},
	"method":             {"method", pattern.Meth},
	"payload":            {"req.payload", pattern.Bin},
	"payload_lv":         {"req.payload_lv", pattern.Bin},
	"req.ssl_ver":        {"req.ssl_ver", pattern.Version},
	"req_proto_http":     {"req.proto_http", pattern.Bool},
	"req_rdp_cookie":     {"req.rdp_cookie", pattern.Str},
	"req_rdp_cookie_cnt": {"req.rdp_cookie_cnt", pattern.Int},
	"req_ssl_sni":        {"req.ssl_sni", pattern.Str},
	"req_ssl_ver":        {"req.ssl_ver", pattern.Version},
	"req_ver":            {"req.ver", pattern.Str},
	"resp_ver":           {"res.ver", pattern.Str},
	"ssl_fc_sni_end":     {"ssl_fc_sni", pattern.End},
	"ssl_fc_sni_reg":     {"ssl_fc_sni", pattern.Reg},
}

func init() {
	families := map[string]string{
		"base": "base", "cook": "req.cook", "hdr": "req.hdr", "path": "path", "scook": "res.cook", "shdr": "res.hdr",
		"url": "url", "urlp": "urlp",
	}
	methods := []*pattern.Method{pattern.Beg, pattern.Dir, pattern.Dom, pattern.End, pattern.Len, pattern.Reg, pattern.Sub}
	for name, fetch := range families {
		keywords[name] = keyword{fetch, pattern.Str}
		for _, m := range methods {
			keywords[name+"_"+m.Name] = keyword{fetch, m}
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
	"RDP_COOKIE":     {"req.rdp_cookie_cnt", "gt", "0"},
	"REQ_CONTENT":    {"req.len", "gt", "0"},
	"TRUE":           {"always_true"},
	"WAIT_END":       {"wait_end"},
}
