package main

import (
	"fmt"
	"html"
	"slices"
	"strings"
	"time"
)

// Measures of the picture, in pixels.
const (
	labels = 400 // width of the column of names
	bars   = 560 // width of the column of bars
	row    = 26
	head   = 62
	margin = 14
	indent = 14
)

// colours are those of services, in the order in which they appear.
var colours = []string{"#2f6f9f", "#b8752a", "#4b8b4f", "#7a5ea6", "#8a6d3b"}

const failure = "#c0392b"

// draw returns the picture of a trace.
func draw(t *trace) string {
	var end int64 = 1
	var services []string
	for _, s := range t.spans {
		end = max(end, s.start+s.lasted)
		if !slices.Contains(services, s.service) {
			services = append(services, s.service)
		}
	}
	var b strings.Builder
	width, height := 2*margin+labels+bars, head+row*len(t.spans)+margin
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d" font-family="sans-serif" font-size="12">`+"\n", width, height)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#ffffff"/>`+"\n", width, height)
	fmt.Fprintf(&b, `<text x="%d" y="22" fill="#333333">trace %s: %d spans, %s</text>`+"\n", margin, html.EscapeString(t.id), len(t.spans), span{lasted: end}.took())
	for i, service := range services {
		x := margin + labels + 130*i
		fmt.Fprintf(&b, `<rect x="%d" y="12" width="12" height="12" fill="%s"/><text x="%d" y="22" fill="#333333">%s</text>`+"\n",
			x, colours[i%len(colours)], x+18, html.EscapeString(service))
	}
	drawScale(&b, end, height)
	for i, s := range t.spans {
		drawSpan(&b, s, colours[slices.Index(services, s.service)%len(colours)], head+row*i, end)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// drawScale draws the lines of time behind the bars.
func drawScale(b *strings.Builder, end int64, height int) {
	const parts = 4
	for i := range parts + 1 {
		x := margin + labels + bars*i/parts
		anchor := "middle"
		if i == parts {
			anchor = "end"
		}
		fmt.Fprintf(b, `<line x1="%[1]d" y1="%[2]d" x2="%[1]d" y2="%[3]d" stroke="#dddddd"/><text x="%[1]d" y="%[4]d" fill="#888888" font-size="10" text-anchor="%[5]s">%[6]s</text>`+"\n",
			x, head-8, height-margin, head-13, anchor, span{lasted: end * int64(i) / parts}.took())
	}
}

// drawSpan draws one line: the name, and the bar with its events.
func drawSpan(b *strings.Builder, s span, colour string, y int, end int64) {
	place := func(at int64) float64 { return float64(margin+labels) + float64(bars)*float64(at)/float64(end) }
	text := html.EscapeString(s.name)
	if s.of != "" {
		text += ` <tspan fill="#888888">` + html.EscapeString(shortened(s.of, 44-2*s.depth)) + `</tspan>`
	}
	fill := "#222222"
	if s.failed {
		colour, fill = failure, failure
	}
	fmt.Fprintf(b, `<text x="%d" y="%d" fill="%s">%s</text>`, margin+indent*s.depth, y+16, fill, text)
	x, width := place(s.start), max(float64(bars)*float64(s.lasted)/float64(end), 1.5)
	fmt.Fprintf(b, `<rect x="%.1f" y="%d" width="%.1f" height="%d" rx="2" fill="%s"/>`, x, y+5, width, row-12, colour)
	for _, at := range s.events {
		fmt.Fprintf(b, `<circle cx="%.1f" cy="%d" r="2.2" fill="#ffffff" stroke="#222222" stroke-width="0.7"/>`, place(at), y+row/2-1)
	}
	anchor, at := "start", x+width+5
	if at > float64(margin+labels+bars-60) {
		anchor, at = "end", x-5
	}
	fmt.Fprintf(b, `<text x="%.1f" y="%d" fill="#555555" font-size="11" text-anchor="%s">%s</text>`+"\n", at, y+16, anchor, s.took())
}

// took is the duration as it is written.
func (s span) took() string {
	d := time.Duration(s.lasted) * time.Microsecond
	if d >= 10*time.Millisecond {
		d = d.Round(100 * time.Microsecond)
	}
	return d.String()
}

// shortened cuts what is too long for the column of names.
func shortened(text string, length int) string {
	if len(text) <= length {
		return text
	}
	return text[:length-1] + "…"
}
