package syntax

import (
	"errors"
	"math"
	"testing"
	"time"
)

func TestParseTime(t *testing.T) {
	tests := []struct {
		name, text string
		want       time.Duration
	}{
		{"default unit", "1500", 1500 * time.Millisecond},
		{"microseconds are rounded up", "1us", time.Millisecond},
		{"microseconds", "3000us", 3 * time.Millisecond},
		{"milliseconds", "20ms", 20 * time.Millisecond},
		{"seconds", "5s", 5 * time.Second},
		{"minutes", "2m", 2 * time.Minute},
		{"hours", "1h", time.Hour},
		{"days", "24d", 24 * 24 * time.Hour},
		{"what follows the unit is ignored", "30sec", 30 * time.Second},
		{"longest", "2147483647", math.MaxInt32 * time.Millisecond},
		{"zero", "0", 0},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			got, err := ParseTime(tc.text, time.Millisecond)
			if err != nil || got != tc.want {
				t.Errorf("got %v, %v; want %v", got, err, tc.want)
			}
		})
	}
}

func TestParseTime_Errors(t *testing.T) {
	tests := []struct {
		name, text string
		want       error
	}{
		{"letter", "abc", CharacterError('a')},
		{"unknown unit", "10x", CharacterError('x')},
		{"half a unit", "1u", CharacterError('u')},
		{"sign", "-1", CharacterError('-')},
		{"fraction", "1.5s", CharacterError('.')},
		{"too long", "2147483648", ErrTimeOverflow},
		{"too long in days", "25d", ErrTimeOverflow},
		{"many digits", "99999999999999999999999999", ErrTimeOverflow},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			if _, err := ParseTime(tc.text, time.Millisecond); !errors.Is(err, tc.want) {
				t.Errorf("got %v, want %v", err, tc.want)
			}
		})
	}
}

func TestParseSize(t *testing.T) {
	tests := []struct {
		name, text string
		want       uint64
		fails      bool
	}{
		{"bytes", "100", 100, false},
		{"kilobytes", "16k", 16 << 10, false},
		{"megabytes", "2M", 2 << 20, false},
		{"gigabytes", "1g", 1 << 30, false},
		{"unknown unit", "1x", 0, true},
		{"too large", "99999999999999g", 0, true},
		{"no digits", "k", 0, true},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			got, err := ParseSize(tc.text)
			if got != tc.want || (err != nil) != tc.fails {
				t.Errorf("got %d, %v; want %d", got, err, tc.want)
			}
		})
	}
}
