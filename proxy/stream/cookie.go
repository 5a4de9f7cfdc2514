package stream

// CookieFound is what a client's persistence cookie was good for, in the letters of logs (manual, section 8.5).
type CookieFound byte

const (
	CookieMissing CookieFound = 'N'
	CookieInvalid CookieFound = 'I' // names no server
	CookieDown    CookieFound = 'D' // names a server that is down, or could not be connected to
	CookieValid   CookieFound = 'V'
	CookieExpired CookieFound = 'E' // last seen before what maxidle allows
	CookieOld     CookieFound = 'O' // first set before what maxlife allows
	CookieUnused  CookieFound = 'U' // something else chose the server
)

// CookieDone is what was done to the persistence cookie of a response, in the letters of logs.
type CookieDone byte

const (
	CookieAbsent    CookieDone = 'N' // the server set none, and the proxy neither
	CookieInserted  CookieDone = 'I'
	CookieUpdated   CookieDone = 'U' // inserted again for the sake of its dates
	CookiePassed    CookieDone = 'P' // the server's own, as it is
	CookieRewritten CookieDone = 'R'
	CookieDeleted   CookieDone = 'D'
)

// ExpectCookie begins or ends the record of a persistence cookie with what is known when an exchange comes to a proxy.
func (r *Record) ExpectCookie(p *Proxy) {
	r.RequestCookie, r.ResponseCookie = 0, 0
	if p.ManagesCookie {
		r.RequestCookie, r.ResponseCookie = CookieMissing, CookieAbsent
	}
}
