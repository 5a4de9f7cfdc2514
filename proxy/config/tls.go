package config

import (
	"cmp"
	"slices"
)

// TLS is what a bind line, a server line or an entry of a certificate list says of TLS. File names can be opened as they are.
type TLS struct {
	Enabled bool

	Certificates []Certificate // crt, crt-list; the first is for who asks for no name that another has
	StrictSNI    bool          // names without a certificate are refused, instead of getting the first

	ALPN                  []string // what is offered, in the order of preference; nil for nothing
	Versions              Versions
	Ciphers, CipherSuites string // in OpenSSL's language: up to TLS 1.2, and of TLS 1.3
	Curves                string
	NoTickets             bool
	TicketKeys            string // a file

	Verify                       Verify
	CAFile, CAVerifyFile         string // both verify, the first is also told to clients
	CRLFile                      string
	NoCANames                    bool
	IgnoreCAErrors, IgnoreErrors ErrorSet // of the issuers, and of the certificate itself

	// Of servers.
	SNI        string // an expression
	VerifyHost string
	NoReuse    bool // no-ssl-reuse: sessions are not resumed
	Disabled   bool // no-ssl: although default-server says ssl
}

// Verify says what a peer's certificate has to be.
type Verify uint8

const (
	VerifyDefault  Verify = iota // none for clients, required for servers
	VerifyNone                   // not asked for, or not looked at
	VerifyOptional               // valid, if there is one
	VerifyRequired
)

// ErrorSet is a set of OpenSSL's numbers for what is wrong with a certificate.
type ErrorSet struct {
	All   bool
	Codes []int
}

// Has reports whether code is in the set.
func (e ErrorSet) Has(code int) bool { return e.All || slices.Contains(e.Codes, code) }

// Version is a version of TLS by its number on the wire.
type Version uint16

const (
	SSL30 Version = 0x0300 + iota
	TLS10
	TLS11
	TLS12
	TLS13
)

var versionNames = []string{"SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"}

func (v Version) String() string { return versionNames[v-SSL30] }

// Versions are the versions that a line allows.
type Versions struct {
	Min, Max Version // 0 for what is not said
	Off      []Version
}

// Conflict reports whether some versions are turned off though a range is given, which then prevails.
func (v Versions) Conflict() bool { return (v.Min != 0 || v.Max != 0) && v.Off != nil }

// Ambiguous reports whether only a highest version is given and it is below the default of the lowest, which it then becomes.
func (v Versions) Ambiguous() (low Version, is bool) {
	return v.Max, v.Min == 0 && v.Max != 0 && v.Max < TLS12
}

// Range returns the lowest and highest version, and false if none is left. Without a lowest one it is TLS 1.2, or the
// highest if that is older. A gap cuts off what is below it.
func (v Versions) Range() (low, high Version, ok bool) {
	high = cmp.Or(v.Max, TLS13)
	low = cmp.Or(v.Min, min(TLS12, high))
	off := func(version Version) bool {
		return version == SSL30 || slices.Contains(v.Off, version) && !v.Conflict()
	}
	for high >= low && off(high) {
		high--
	}
	lowest := high
	for lowest > low && !off(lowest-1) {
		lowest--
	}
	return lowest, high, high >= low
}

// Over returns v with the defaults d for what it leaves open.
func (v Versions) Over(d Versions) Versions {
	v.Min, v.Max = cmp.Or(v.Min, d.Min), cmp.Or(v.Max, d.Max)
	if v.Off == nil {
		v.Off = d.Off
	}
	return v
}

// Over returns t with the defaults d for what it leaves open.
func (t TLS) Over(d TLS) TLS {
	t.Versions = t.Versions.Over(d.Versions)
	t.Ciphers = cmp.Or(t.Ciphers, d.Ciphers)
	t.CipherSuites = cmp.Or(t.CipherSuites, d.CipherSuites)
	t.Curves = cmp.Or(t.Curves, d.Curves)
	t.NoTickets = t.NoTickets || d.NoTickets
	t.TicketKeys = cmp.Or(t.TicketKeys, d.TicketKeys)
	t.Verify = cmp.Or(t.Verify, d.Verify)
	t.CAFile = cmp.Or(t.CAFile, d.CAFile)
	t.CAVerifyFile = cmp.Or(t.CAVerifyFile, d.CAVerifyFile)
	t.CRLFile = cmp.Or(t.CRLFile, d.CRLFile)
	t.NoCANames = t.NoCANames || d.NoCANames
	if t.ALPN == nil {
		t.ALPN = d.ALPN
	}
	if len(t.IgnoreCAErrors.Codes) == 0 && !t.IgnoreCAErrors.All {
		t.IgnoreCAErrors = d.IgnoreCAErrors
	}
	if len(t.IgnoreErrors.Codes) == 0 && !t.IgnoreErrors.All {
		t.IgnoreErrors = d.IgnoreErrors
	}
	return t
}
