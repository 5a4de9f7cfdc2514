package command

import "strconv"

// leadingNumber returns the number that a text begins with, as HAProxy reads those of some commands: what follows it is
// ignored, and without one it is 0.
func leadingNumber(text string) int {
	end := 0
	for end < len(text) && (text[end] >= '0' && text[end] <= '9' || end == 0 && text[end] == '-') {
		end++
	}
	n, _ := strconv.ParseInt(text[:end], 10, 32) // what is out of range is the nearest number
	return int(n)
}
