package command

import "testing"

func Test_parseWeight(t *testing.T) {
	tests := []struct {
		name, text string
		initial    int
		want       int
		err        string
	}{
		{"absolute", "7", 10, 7, ""},
		{"none", "0", 10, 0, ""},
		{"half", "50%", 10, 5, ""},
		{"more than there is", "1000%", 100, 256, ""},
		{"far more", "999999999999%", 100, 256, ""},
		{"many percent", "2000000000%", 100, 256, ""},
		{"empty", "", 10, 0, "Require <weight> or <weight%>."},
		{"percent alone", "%", 10, 0, "Empty weight string empty or preceded by garbage"},
		{"letters", "x", 10, 0, "Empty weight string empty or preceded by garbage"},
		{"letters behind", "5x", 10, 0, "Trailing garbage in weight string"},
		{"too great", "257", 10, 0, "Absolute weight can only be between 0 and 256 inclusive."},
		{"negative", "-1", 10, 0, "Absolute weight can only be between 0 and 256 inclusive."},
		{"negative percent", "-1%", 10, 0, "Relative weight must be positive."},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			got, err := parseWeight(tc.text, tc.initial)
			text := ""
			if err != nil {
				text = err.Error()
			}
			if got != tc.want || text != tc.err {
				t.Errorf("got %d, %q; want %d, %q", got, text, tc.want, tc.err)
			}
		})
	}
}
