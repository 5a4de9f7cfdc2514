package cache

import "time"

// dateFormats are those that RFC 9110, section 5.6.7, has recipients read.
var dateFormats = []string{"Mon, 02 Jan 2006 15:04:05 GMT", "Monday, 02-Jan-06 15:04:05 GMT", time.ANSIC}

// parseDate reads the date of a header, in UTC.
func parseDate(text string) (t time.Time, ok bool) {
	for _, format := range dateFormats {
		if t, err := time.Parse(format, text); err == nil {
			return t, true
		}
	}
	return t, false
}
