package tlsconfig

import (
	"bytes"
	"crypto/x509"
	"errors"
	"time"

	"tidelock/proxy/config"
	"tidelock/proxy/stream"
)

// What can be wrong with a certificate, by OpenSSL's numbers (X509_V_ERR_...), which ca-ignore-err and ssl_c_verify use.
const (
	errNoCRL            = 3
	errNotYetValid      = 9
	errExpired          = 10
	errCRLExpired       = 12
	errSelfSigned       = 18
	errSelfSignedChain  = 19
	errNoIssuer         = 20
	errFirstUnverified  = 21
	errRevoked          = 23
	errInvalidAuthority = 24
	errInvalidPurpose   = 26
	errApplication      = 50
)

// verifier checks the chain that a peer shows.
type verifier struct {
	roots *x509.CertPool
	lists []*x509.RevocationList
	usage x509.ExtKeyUsage // what the certificate must be good for
	now   func() time.Time

	ignoreCA, ignore config.ErrorSet
}

// newVerifier reads the authorities of a line. It returns nil when there are none, and apart those that clients are told.
func newVerifier(files *Files, t *config.TLS, usage x509.ExtKeyUsage) (v *verifier, told *x509.CertPool, err error) {
	if t.CAFile == "" && t.CAVerifyFile == "" {
		return nil, nil, nil
	}
	v = &verifier{roots: x509.NewCertPool(), usage: usage, now: time.Now, ignoreCA: t.IgnoreCAErrors, ignore: t.IgnoreErrors}
	for _, file := range []string{t.CAFile, t.CAVerifyFile} {
		if file == "" {
			continue
		}
		files.use(Authorities, file)
		a, err := files.loadPool(file)
		if err != nil {
			return nil, nil, err
		}
		v.lists = append(v.lists, a.lists...)
		if file == t.CAFile {
			told = a.pool
		}
		if a.certificates == nil {
			v.roots = a.pool
			continue
		}
		for _, c := range a.certificates {
			v.roots.AddCert(c)
		}
	}
	if t.CRLFile != "" {
		files.use(Revocations, t.CRLFile)
		a, err := files.loadPool(t.CRLFile)
		if err != nil {
			return nil, nil, err
		}
		v.lists = append(v.lists, a.lists...)
	}
	return v, told, nil
}

// forgiving reports whether a peer may stay though something is wrong.
func (v *verifier) forgiving() bool {
	return v.ignoreCA.All || v.ignore.All || len(v.ignoreCA.Codes) > 0 || len(v.ignore.Codes) > 0
}

// verify checks a chain, leaf first, and notes what is wrong. It reports whether the peer may stay.
func (v *verifier) verify(chain []*x509.Certificate, into *stream.Verification) bool {
	code, depth := v.check(chain)
	if code == 0 {
		return true
	}
	into.Result = code
	if code == errNoIssuer && len(chain) == 1 {
		into.Result = errFirstUnverified // OpenSSL goes on to say so
	}
	if depth > 0 {
		into.AuthorityError, into.AuthorityDepth = code, depth
		return v.ignoreCA.Has(code)
	}
	into.Error = code
	return v.ignore.Has(code)
}

// check returns what is wrong first, and how far from the leaf.
func (v *verifier) check(chain []*x509.Certificate) (code, depth int) {
	intermediates := x509.NewCertPool()
	for _, c := range chain[1:] {
		intermediates.AddCert(c)
	}
	chains, err := chain[0].Verify(x509.VerifyOptions{
		Roots: v.roots, Intermediates: intermediates, CurrentTime: v.now(), KeyUsages: []x509.ExtKeyUsage{v.usage},
	})
	if err != nil {
		return v.explain(chain, err)
	}
	if len(v.lists) > 0 {
		return v.revoked(chains[0])
	}
	return 0, 0
}

// explain finds OpenSSL's number for a failed verification.
func (v *verifier) explain(chain []*x509.Certificate, err error) (code, depth int) {
	var invalid x509.CertificateInvalidError
	if errors.As(err, &invalid) {
		for i, c := range chain {
			if c.Equal(invalid.Cert) {
				depth = i
			}
		}
		switch invalid.Reason {
		case x509.Expired:
			if v.now().Before(invalid.Cert.NotBefore) {
				return errNotYetValid, depth
			}
			return errExpired, depth
		case x509.IncompatibleUsage:
			return errInvalidPurpose, depth
		case x509.NotAuthorizedToSign:
			return errInvalidAuthority, max(depth, 1)
		}
		return errApplication, depth
	}
	last := len(chain) - 1
	switch {
	case !selfSigned(chain[last]):
		return errNoIssuer, last
	case last == 0:
		return errSelfSigned, 0
	}
	return errSelfSignedChain, last
}

func selfSigned(c *x509.Certificate) bool { return bytes.Equal(c.RawIssuer, c.RawSubject) }

// revoked asks the lists about every certificate of a chain: like HAProxy it wants one from each issuer.
func (v *verifier) revoked(chain []*x509.Certificate) (code, depth int) {
	for i, c := range chain {
		issuer := chain[min(i+1, len(chain)-1)]
		list := v.listOf(issuer)
		switch {
		case list == nil:
			return errNoCRL, i
		case !list.NextUpdate.IsZero() && v.now().After(list.NextUpdate):
			return errCRLExpired, i
		}
		for _, entry := range list.RevokedCertificateEntries {
			if entry.SerialNumber.Cmp(c.SerialNumber) == 0 {
				return errRevoked, i
			}
		}
	}
	return 0, 0
}

// listOf returns the list that an issuer signed.
func (v *verifier) listOf(issuer *x509.Certificate) *x509.RevocationList {
	for _, list := range v.lists {
		if bytes.Equal(list.RawIssuer, issuer.RawSubject) && list.CheckSignatureFrom(issuer) == nil {
			return list
		}
	}
	return nil
}
