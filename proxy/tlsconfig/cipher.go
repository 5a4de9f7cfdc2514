package tlsconfig

import (
	"crypto/tls"
	"fmt"
	"slices"
	"strings"

	"tidelock/proxy/tlsname"
)

// cipher is a suite up to TLS 1.2 that crypto/tls has, with the words that OpenSSL's lists select it with.
type cipher struct {
	id    uint16
	words []string
}

// ciphers are in OpenSSL's order of preference.
var ciphers = []cipher{
	{tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, words("ECDHE ECDSA AES256 AES AESGCM SHA384 TLSv1.2")},
	{tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, words("ECDHE aRSA AES256 AES AESGCM SHA384 TLSv1.2")},
	{tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, words("ECDHE ECDSA CHACHA20 TLSv1.2")},
	{tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, words("ECDHE aRSA CHACHA20 TLSv1.2")},
	{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, words("ECDHE ECDSA AES128 AES AESGCM SHA256 TLSv1.2")},
	{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, words("ECDHE aRSA AES128 AES AESGCM SHA256 TLSv1.2")},
	{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256, words("ECDHE ECDSA AES128 AES SHA256 TLSv1.2")},
	{tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256, words("ECDHE aRSA AES128 AES SHA256 TLSv1.2")},
	{tls.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA, words("ECDHE ECDSA AES256 AES SHA1 SHA TLSv1")},
	{tls.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA, words("ECDHE aRSA AES256 AES SHA1 SHA TLSv1")},
	{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, words("ECDHE ECDSA AES128 AES SHA1 SHA TLSv1")},
	{tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, words("ECDHE aRSA AES128 AES SHA1 SHA TLSv1")},
	{tls.TLS_RSA_WITH_AES_256_GCM_SHA384, words("RSA kRSA aRSA AES256 AES AESGCM SHA384 TLSv1.2")},
	{tls.TLS_RSA_WITH_AES_128_GCM_SHA256, words("RSA kRSA aRSA AES128 AES AESGCM SHA256 TLSv1.2")},
	{tls.TLS_RSA_WITH_AES_128_CBC_SHA256, words("RSA kRSA aRSA AES128 AES SHA256 TLSv1.2")},
	{tls.TLS_RSA_WITH_AES_256_CBC_SHA, words("RSA kRSA aRSA AES256 AES SHA1 SHA SSLv3")},
	{tls.TLS_RSA_WITH_AES_128_CBC_SHA, words("RSA kRSA aRSA AES128 AES SHA1 SHA SSLv3")},
}

// suites13 are those of TLS 1.3. All are always offered: crypto/tls lets nobody choose.
var suites13 = []uint16{tls.TLS_AES_128_GCM_SHA256, tls.TLS_AES_256_GCM_SHA384, tls.TLS_CHACHA20_POLY1305_SHA256}

// words adds the words that every suite here answers to. OpenSSL has several names for some.
func words(list string) []string {
	all := append(strings.Fields(list), "ALL", "HIGH", "DEFAULT")
	if slices.Contains(all, "ECDHE") {
		all = append(all, "EECDH", "kECDHE", "kEECDH")
	}
	if slices.Contains(all, "ECDSA") {
		all = append(all, "aECDSA")
	}
	return all
}

// parseCiphers reads a list in OpenSSL's language: names and words, joined by '+', between colons, commas or blanks. '!'
// removes for good, '-' removes, '+' alone in front moves to the end. What is not known, or not had, selects nothing.
func parseCiphers(list string) ([]uint16, bool) {
	var chosen, banned []uint16
	for _, element := range strings.FieldsFunc(list, func(c rune) bool { return c == ':' || c == ',' || c == ' ' }) {
		if element[0] == '@' {
			continue // @STRENGTH, @SECLEVEL: the order and the floor are crypto/tls's own
		}
		operator := byte(0)
		if strings.IndexByte("!-+", element[0]) >= 0 {
			operator, element = element[0], element[1:]
		}
		for _, c := range ciphers {
			if !c.answers(element) {
				continue
			}
			at := slices.Index(chosen, c.id)
			switch operator {
			case '!':
				banned = append(banned, c.id)
				fallthrough
			case '-':
				if at >= 0 {
					chosen = slices.Delete(chosen, at, at+1)
				}
			case 0:
				if at < 0 && !slices.Contains(banned, c.id) {
					chosen = append(chosen, c.id)
				}
			}
		}
	}
	return chosen, len(chosen) > 0
}

// answers reports whether a suite is the one named, or has all of the words that '+' joins.
func (c *cipher) answers(element string) bool {
	if element == tlsname.Cipher(c.id) {
		return true
	}
	for _, word := range strings.Split(element, "+") {
		if !slices.Contains(c.words, word) {
			return false
		}
	}
	return true
}

// checkSuites13 reads a list of suites of TLS 1.3. It reports whether it is valid, and whether it is what is offered.
func checkSuites13(list string) (valid, all bool) {
	found := map[string]bool{}
	for _, name := range strings.Split(list, ":") {
		for _, known := range suites13 {
			if name == tlsname.Cipher(known) {
				found[name] = true
			}
		}
	}
	return len(found) > 0, len(found) == len(suites13)
}

// curves are the groups of crypto/tls by the names that OpenSSL has for them.
var curves = map[string]tls.CurveID{
	"X25519": tls.X25519, "P-256": tls.CurveP256, "prime256v1": tls.CurveP256, "secp256r1": tls.CurveP256,
	"P-384": tls.CurveP384, "secp384r1": tls.CurveP384, "P-521": tls.CurveP521, "secp521r1": tls.CurveP521,
	"X25519MLKEM768": tls.X25519MLKEM768,
}

// foreignCurves are known to OpenSSL, but not to crypto/tls.
var foreignCurves = []string{"X448", "brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1", "secp224r1", "P-224", "secp256k1"}

func parseCurves(list string) ([]tls.CurveID, error) {
	var chosen []tls.CurveID
	for _, name := range strings.Split(list, ":") {
		id, known := curves[name]
		switch {
		case known:
			chosen = append(chosen, id)
		case !slices.Contains(foreignCurves, name):
			return nil, fmt.Errorf("unable to set SSL curves list to '%s'", list)
		}
	}
	if len(chosen) == 0 {
		return nil, fmt.Errorf("unable to set SSL curves list to '%s'", list)
	}
	return chosen, nil
}
