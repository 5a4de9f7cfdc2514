package sample

import (
	"time"

	"tidelock/proxy/value"
)

// timeConverters write dates, given as seconds since 1970.
var timeConverters = []Converter{
	{Name: "http_date", Parameters: optional(Integer, String), Input: value.Integer, Output: value.String, Prepare: prepareTimeUnit, Convert: httpDate},
	{Name: "ltime", Parameters: required(String).and(Integer), Input: value.Integer, Output: value.String, Convert: formatTime(time.Local)},
	{Name: "utime", Parameters: required(String).and(Integer), Input: value.Integer, Output: value.String, Convert: formatTime(time.UTC)},
}

// httpDate writes a date as headers have it (RFC 9110, section 5.6.7), with as many decimals as its unit has.
func httpDate(c *Context, a []Argument, v value.Value) value.Value {
	t, layout := time.Time{}, ""
	switch date := add(v.Int, a[0].Int); a[1].Int {
	case milliseconds:
		t, layout = time.UnixMilli(date), "Mon, 02 Jan 2006 15:04:05.000 GMT"
	case microseconds:
		t, layout = time.UnixMicro(date), "Mon, 02 Jan 2006 15:04:05.000000 GMT"
	default:
		t, layout = time.Unix(date, 0), "Mon, 02 Jan 2006 15:04:05 GMT"
	}
	return c.text(t.UTC().AppendFormat(c.Scratch.Buffer(), layout))
}

func formatTime(zone *time.Location) conversion {
	return func(c *Context, a []Argument, v value.Value) value.Value {
		t := time.Unix(add(v.Int, a[1].Int), 0).In(zone)
		return c.text(appendTime(c.Scratch.Buffer(), a[0].Text, t))
	}
}
