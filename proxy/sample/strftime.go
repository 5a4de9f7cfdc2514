package sample

import (
	"strconv"
	"time"
)

// appendTime appends t as strftime(3) writes it in the C locale. What is no conversion stands for itself; the flags and
// widths that the GNU C library adds are not known.
func appendTime(b []byte, format string, t time.Time) []byte {
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 == len(format) {
			b = append(b, format[i])
			continue
		}
		i++
		if (format[i] == 'E' || format[i] == 'O') && i+1 < len(format) && timeFormats[format[i+1]] != nil {
			i++ // the alternative forms of the C locale are the ordinary ones
		}
		if f := timeFormats[format[i]]; f != nil {
			b = f(b, t)
		} else {
			b = append(b, '%', format[i])
		}
	}
	return b
}

type timeFormat func(b []byte, t time.Time) []byte

var timeFormats [256]timeFormat

func init() {
	timeFormats = [256]timeFormat{
		'%': literal("%"), 'n': literal("\n"), 't': literal("\t"),
		'a': layout("Mon"), 'A': layout("Monday"), 'b': layout("Jan"), 'B': layout("January"), 'h': layout("Jan"),
		'c': layout("Mon Jan _2 15:04:05 2006"), 'D': layout("01/02/06"), 'F': layout("2006-01-02"),
		'H': layout("15"), 'I': layout("03"), 'M': layout("04"), 'S': layout("05"), 'p': layout("PM"), 'P': layout("pm"),
		'd': layout("02"), 'e': layout("_2"), 'm': layout("01"), 'j': layout("002"), 'y': layout("06"), 'Y': layout("2006"),
		'R': layout("15:04"), 'r': layout("03:04:05 PM"), 'T': layout("15:04:05"), 'x': layout("01/02/06"), 'X': layout("15:04:05"),
		'z': layout("-0700"), 'Z': zone,
		'C': number(2, '0', func(t time.Time) int { return t.Year() / 100 }),
		'g': number(2, '0', func(t time.Time) int { y, _ := t.ISOWeek(); return y % 100 }),
		'G': number(4, '0', func(t time.Time) int { y, _ := t.ISOWeek(); return y }),
		'k': number(2, ' ', func(t time.Time) int { return t.Hour() }),
		'l': number(2, ' ', func(t time.Time) int { return (t.Hour()+11)%12 + 1 }),
		's': number(1, '0', func(t time.Time) int { return int(t.Unix()) }),
		'u': number(1, '0', func(t time.Time) int { return (int(t.Weekday())+6)%7 + 1 }),
		'U': number(2, '0', func(t time.Time) int { return (t.YearDay() + 6 - int(t.Weekday())) / 7 }),
		'V': number(2, '0', func(t time.Time) int { _, w := t.ISOWeek(); return w }),
		'w': number(1, '0', func(t time.Time) int { return int(t.Weekday()) }),
		'W': number(2, '0', func(t time.Time) int { return (t.YearDay() + 6 - (int(t.Weekday())+6)%7) / 7 }),
	}
}

func literal(text string) timeFormat {
	return func(b []byte, _ time.Time) []byte { return append(b, text...) }
}

func layout(text string) timeFormat {
	return func(b []byte, t time.Time) []byte { return t.AppendFormat(b, text) }
}

// number pads to a width.
func number(width int, pad byte, of func(time.Time) int) timeFormat {
	return func(b []byte, t time.Time) []byte {
		n := of(t)
		for w, limit := 1, 10; w < width; w, limit = w+1, limit*10 {
			if n < limit {
				b = append(b, pad)
			}
		}
		return strconv.AppendInt(b, int64(n), 10)
	}
}

// zone names UTC as the C library does.
func zone(b []byte, t time.Time) []byte {
	name, _ := t.Zone()
	if t.Location() == time.UTC {
		name = "GMT"
	}
	return append(b, name...)
}
