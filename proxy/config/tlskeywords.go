package config

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tidelock/proxy/config/syntax"
)

// tlsPlaces are the places where a parameter of TLS may stand.
type tlsPlaces uint8

const (
	tlsOnBind       tlsPlaces = 1 << iota // a bind line
	tlsOnServer                           // a server line
	tlsInList                             // an entry of a certificate list
	tlsInDefaults                         // ssl-default-bind-options
	tlsInServerDefs                       // ssl-default-server-options

	tlsEverywhere = tlsOnBind | tlsOnServer | tlsInDefaults | tlsInServerDefs
)

// tlsRow is a row of the registry of TLS parameters. Its fields are those of bindRow.
type tlsRow struct {
	name    string
	in      tlsPlaces
	missing string
	set     func(t *tlsReader, value string) error
	support Support
	refusal string
}

// tlsReader is what parameters of TLS are set with.
type tlsReader struct {
	*TLS
	rows                   []tlsRow
	certificate, authority func(name string) string // complete file names: crt-base, ca-base
	warn                   func(format string, arguments ...any)
}

// tlsRows is the registry of TLS parameters (manual, sections 5.1 and 5.2, and ssl-default-bind-options in section 3.1).
var tlsRows = []tlsRow{
	{name: "allow-0rtt", in: tlsOnBind | tlsInList, support: Refused, refusal: "is not supported: early data can be replayed by anybody who sees it"},
	{name: "alpn", in: tlsOnBind | tlsOnServer | tlsInList, missing: "missing the comma-delimited ALPN protocol suite", set: setALPN},
	{name: "ca-file", in: tlsOnBind | tlsOnServer | tlsInList, missing: "missing CAfile path", set: setAuthority(func(t *TLS) *string { return &t.CAFile })},
	{name: "ca-ignore-err", in: tlsOnBind, missing: "missing error IDs list", set: setErrors(func(t *TLS) *ErrorSet { return &t.IgnoreCAErrors })},
	{name: "ca-sign-file", in: tlsOnBind, missing: "missing CAfile path", support: Refused, refusal: "is not supported: certificates are not made up here"},
	{name: "ca-sign-pass", in: tlsOnBind, missing: "missing CAkey password", support: Refused, refusal: "is not supported: certificates are not made up here"},
	{name: "ca-verify-file", in: tlsOnBind | tlsInList, missing: "missing CAfile path", set: setAuthority(func(t *TLS) *string { return &t.CAVerifyFile })},
	{name: "ciphers", in: tlsOnBind | tlsOnServer | tlsInList, missing: "missing cipher suite", set: setTLSText(func(t *TLS) *string { return &t.Ciphers })},
	{name: "ciphersuites", in: tlsOnBind | tlsOnServer | tlsInList, missing: "missing cipher suite", set: setTLSText(func(t *TLS) *string { return &t.CipherSuites })},
	{name: "crl-file", in: tlsOnBind | tlsOnServer | tlsInList, missing: "missing CRLfile path", set: setAuthority(func(t *TLS) *string { return &t.CRLFile })},
	{name: "crt", in: tlsOnBind | tlsOnServer, missing: "missing certificate location", set: addCertificate},
	{name: "crt-ignore-err", in: tlsOnBind, missing: "missing error IDs list", set: setErrors(func(t *TLS) *ErrorSet { return &t.IgnoreErrors })},
	{name: "crt-list", in: tlsOnBind, missing: "missing certificate location", set: addCertificates},
	{name: "curves", in: tlsOnBind | tlsInList, missing: "missing curve suite", set: setTLSText(func(t *TLS) *string { return &t.Curves })},
	{name: "ecdhe", in: tlsOnBind | tlsInList, missing: "missing named curve", set: setTLSText(func(t *TLS) *string { return &t.Curves })},
	{name: "force-sslv3", in: tlsEverywhere, set: forceVersion(SSL30)},
	{name: "force-tlsv10", in: tlsEverywhere, set: forceVersion(TLS10)},
	{name: "force-tlsv11", in: tlsEverywhere, set: forceVersion(TLS11)},
	{name: "force-tlsv12", in: tlsEverywhere, set: forceVersion(TLS12)},
	{name: "force-tlsv13", in: tlsEverywhere, set: forceVersion(TLS13)},
	{name: "generate-certificates", in: tlsOnBind, support: Refused, refusal: "is not supported: certificates are not made up here"},
	{name: "no-alpn", in: tlsInList, set: func(t *tlsReader, _ string) error { t.ALPN = []string{}; return nil }},
	{name: "no-ca-names", in: tlsOnBind | tlsInList, set: func(t *tlsReader, _ string) error { t.NoCANames = true; return nil }},
	{name: "no-sslv3", in: tlsEverywhere, support: NoEffect},
	{name: "no-tls-tickets", in: tlsEverywhere, set: func(t *tlsReader, _ string) error { t.NoTickets = true; return nil }},
	{name: "no-tlsv10", in: tlsEverywhere, set: withoutVersion(TLS10)},
	{name: "no-tlsv11", in: tlsEverywhere, set: withoutVersion(TLS11)},
	{name: "no-tlsv12", in: tlsEverywhere, set: withoutVersion(TLS12)},
	{name: "no-tlsv13", in: tlsEverywhere, set: withoutVersion(TLS13)},
	{name: "npn", in: tlsOnBind | tlsOnServer | tlsInList, missing: "missing the comma-delimited NPN protocol suite", support: Refused, refusal: "is not supported: browsers dropped it in 2016, its successor is alpn"},
	{name: "prefer-client-ciphers", in: tlsOnBind | tlsInDefaults, support: NoEffect},
	{name: "ssl", in: tlsOnBind | tlsOnServer, set: func(t *tlsReader, _ string) error { t.Enabled, t.Disabled = true, false; return nil }},
	{name: "ssl-max-ver", in: tlsEverywhere | tlsInList, missing: "missing the ssl/tls version", set: setVersion(func(v *Versions) *Version { return &v.Max })},
	{name: "ssl-min-ver", in: tlsEverywhere | tlsInList, missing: "missing the ssl/tls version", set: setVersion(func(v *Versions) *Version { return &v.Min })},
	{name: "strict-sni", in: tlsOnBind, set: func(t *tlsReader, _ string) error { t.StrictSNI = true; return nil }},
	{name: "tls-ticket-keys", in: tlsOnBind, missing: "missing TLS ticket keys path", set: setTLSText(func(t *TLS) *string { return &t.TicketKeys })},
	{name: "verify", in: tlsOnBind | tlsInList, missing: "missing verify method", set: setVerify},

	{name: "no-ssl", in: tlsOnServer, set: func(t *tlsReader, _ string) error { t.Enabled, t.Disabled = false, true; return nil }},
	{name: "no-ssl-reuse", in: tlsOnServer, set: func(t *tlsReader, _ string) error { t.NoReuse = true; return nil }},
	{name: "ssl-reuse", in: tlsOnServer, set: func(t *tlsReader, _ string) error { t.NoReuse = false; return nil }},
	{name: "no-verifyhost", in: tlsOnServer, set: func(t *tlsReader, _ string) error { t.VerifyHost = ""; return nil }},
	{name: "sni", in: tlsOnServer, missing: "missing sni expression", set: setTLSText(func(t *TLS) *string { return &t.SNI })},
	{name: "tls-tickets", in: tlsOnServer | tlsInServerDefs, set: func(t *tlsReader, _ string) error { t.NoTickets = false; return nil }},
	{name: "verify", in: tlsOnServer, missing: "missing verify method", set: setServerVerify},
	{name: "verifyhost", in: tlsOnServer, missing: "missing hostname to verify against", set: setTLSText(func(t *TLS) *string { return &t.VerifyHost })},
}

// tlsBindRows are those of a bind line, for its registry.
var tlsBindRows = func() []bindRow {
	var rows []bindRow
	for _, r := range tlsRows {
		if r.in&tlsOnBind == 0 {
			continue
		}
		row := bindRow{name: r.name, missing: r.missing, support: r.support, refusal: r.refusal}
		if set := r.set; set != nil {
			row.set = func(b *bindReader, value string) error { return set(b.parser.tlsReader(b.statement, &b.TLS), value) }
		}
		rows = append(rows, row)
	}
	return rows
}()

// tlsReader returns what sets parameters of a statement.
func (p *parser) tlsReader(s syntax.Statement, into *TLS) *tlsReader {
	return &tlsReader{
		TLS:         into,
		rows:        tlsRows,
		certificate: func(name string) string { return p.based(s, p.Global.CertificateBase, name) },
		authority:   func(name string) string { return p.based(s, p.Global.AuthorityBase, name) },
		warn:        func(format string, arguments ...any) { p.warnf(s, format, arguments...) },
	}
}

// based completes a relative file name: with the base that the global section gives, else with the statement's folder.
func (p *parser) based(s syntax.Statement, base, name string) string {
	if base != "" && !strings.HasPrefix(name, "/") {
		name = base + "/" + name
	}
	return p.folder(s).Path(name)
}

func setTLSText(field func(*TLS) *string) func(*tlsReader, string) error {
	return func(t *tlsReader, value string) error {
		*field(t.TLS) = value
		return nil
	}
}

func setAuthority(field func(*TLS) *string) func(*tlsReader, string) error {
	return func(t *tlsReader, value string) error {
		if value != systemCA {
			value = t.authority(value)
		}
		*field(t.TLS) = value
		return nil
	}
}

// systemCA is the ca-file that stands for the authorities that the system trusts.
const systemCA = "@system-ca"

// setALPN is alpn <protocol>,... What no code here speaks is not offered: a client must not choose it.
func setALPN(t *tlsReader, value string) error {
	t.ALPN = []string{}
	for _, protocol := range strings.Split(value, ",") {
		switch protocol {
		case "":
		case "h2":
			t.warn("'alpn' : 'h2' is not supported yet by this version and is not offered.")
		default:
			t.ALPN = append(t.ALPN, protocol)
		}
	}
	return nil
}

func setVersion(field func(*Versions) *Version) func(*tlsReader, string) error {
	return func(t *tlsReader, value string) error {
		i := slices.Index(versionNames, value)
		if i < 0 {
			return ownWords("'" + value + "' : unknown ssl/tls version")
		}
		*field(&t.Versions) = SSL30 + Version(i)
		return nil
	}
}

func forceVersion(v Version) func(*tlsReader, string) error {
	return func(t *tlsReader, _ string) error {
		t.Versions.Min, t.Versions.Max = v, v
		return nil
	}
}

func withoutVersion(v Version) func(*tlsReader, string) error {
	return func(t *tlsReader, _ string) error {
		t.Versions.Off = append(t.Versions.Off, v)
		return nil
	}
}

func setVerify(t *tlsReader, value string) error {
	methods := map[string]Verify{"none": VerifyNone, "optional": VerifyOptional, "required": VerifyRequired}
	verify, known := methods[value]
	if !known {
		return fmt.Errorf(": unknown verify method '%s', only 'none', 'optional', and 'required' are supported", value)
	}
	t.Verify = verify
	return nil
}

func setServerVerify(t *tlsReader, value string) error {
	if value != "none" && value != "required" {
		return fmt.Errorf(": unknown verify method '%s', only 'none' and 'required' are supported", value)
	}
	return setVerify(t, value)
}

// setErrors reads all, or a list of OpenSSL's error numbers.
func setErrors(field func(*TLS) *ErrorSet) func(*tlsReader, string) error {
	const highest = 94 // of OpenSSL 3.0
	return func(t *tlsReader, value string) error {
		set := field(t.TLS)
		if value == "all" {
			set.All = true
			return nil
		}
		for _, text := range strings.Split(value, ",") {
			n, _ := strconv.Atoi(text)
			if n < 1 || n > highest {
				return fmt.Errorf(": ID '%d' out of range (1..%d) in error IDs list '%s'", n, highest, value)
			}
			set.Codes = append(set.Codes, n)
		}
		return nil
	}
}

// tlsParameters reads parameters of TLS from words on. It returns the number of words read when one is none of the place's.
func (t *tlsReader) parameters(words []string, place tlsPlaces) (read int, err error) {
	for read < len(words) {
		name := words[read]
		i := slices.IndexFunc(t.rows, func(r tlsRow) bool { return r.name == name && r.in&place != 0 })
		if i < 0 {
			return read, errUnknownParameter
		}
		n, err := t.parameter(&t.rows[i], words[read:])
		if err != nil {
			return read, err
		}
		read += n
	}
	return read, nil
}

var errUnknownParameter = errors.New("unknown parameter")

// parameter sets what the first of words names, and returns how many words that took.
func (t *tlsReader) parameter(r *tlsRow, words []string) (int, error) {
	if r.support == Refused {
		return 0, fmt.Errorf("'%s' %s.", r.name, r.refusal)
	}
	value, n := "", 1
	if r.missing != "" {
		if len(words) < 2 || words[1] == "" {
			return 0, fmt.Errorf("'%s' : %s", r.name, r.missing)
		}
		value, n = words[1], 2
	}
	if r.set == nil {
		return n, nil
	}
	if err := r.set(t, value); err != nil {
		return 0, errors.New(about(r.name, err))
	}
	return n, nil
}

// tlsServerParameters are the rows of a server line, for its registry.
func tlsServerParameters() []serverParameter {
	var rows []serverParameter
	for i := range tlsRows {
		r := &tlsRows[i]
		if r.in&tlsOnServer == 0 {
			continue
		}
		values := 0
		if r.missing != "" {
			values = 1
		}
		rows = append(rows, serverParameter{r.name, values, Supported, func(s *serverReader, value string) error {
			_, err := s.tlsReader(s.statement, &s.server.TLS).parameter(r, []string{r.name, value})
			if err != nil {
				return errors.New(strings.TrimSuffix(err.Error(), ".") + ".")
			}
			return nil
		}})
	}
	return rows
}
