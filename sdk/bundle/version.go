package bundle

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Version is a semantic version: 1.2.3, 1.2.3-rc.1, 1.2.3+build.
//
// https://semver.org/spec/v2.0.0.html
type Version struct {
	Major, Minor, Patch uint64
	Prerelease, Build   string
}

// versionSyntax bounds numbers to 15 digits, so that they fit.
var versionSyntax = regexp.MustCompile(`^` + number + `\.` + number + `\.` + number +
	`(?:-(` + prerelease + `(?:\.` + prerelease + `)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$`)

const (
	number     = `(0|[1-9][0-9]{0,14})`
	prerelease = `(?:0|[1-9][0-9]{0,14}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)`
)

// ParseVersion reads a semantic version, without a "v" before it.
func ParseVersion(text string) (Version, error) {
	m := versionSyntax.FindStringSubmatch(text)
	if m == nil || len(text) > 128 {
		return Version{}, fmt.Errorf("version: expected a semantic version such as 1.2.3, found %.128q", text)
	}
	v := Version{Prerelease: m[4], Build: m[5]}
	for i, part := range []*uint64{&v.Major, &v.Minor, &v.Patch} {
		*part, _ = strconv.ParseUint(m[i+1], 10, 64) // the syntax leaves only digits, few enough
	}
	return v, nil
}

func (v Version) String() string {
	text := fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch)
	if v.Prerelease != "" {
		text += "-" + v.Prerelease
	}
	if v.Build != "" {
		text += "+" + v.Build
	}
	return text
}

// Compare returns -1, 0 or 1, as v comes before, with or after w. What was built after + does not count.
func (v Version) Compare(w Version) int {
	return cmp.Or(cmp.Compare(v.Major, w.Major), cmp.Compare(v.Minor, w.Minor), cmp.Compare(v.Patch, w.Patch),
		comparePrereleases(v.Prerelease, w.Prerelease))
}

// comparePrereleases orders by section 11 of the specification: none is after any, numbers before texts, fewer before more.
func comparePrereleases(a, b string) int {
	switch {
	case a == b:
		return 0
	case a == "":
		return 1
	case b == "":
		return -1
	}
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(as), len(bs)) {
		x, xErr := strconv.ParseUint(as[i], 10, 64)
		y, yErr := strconv.ParseUint(bs[i], 10, 64)
		order := 0
		switch {
		case xErr == nil && yErr == nil:
			order = cmp.Compare(x, y)
		case xErr == nil:
			order = -1
		case yErr == nil:
			order = 1
		default:
			order = cmp.Compare(as[i], bs[i])
		}
		if order != 0 {
			return order
		}
	}
	return cmp.Compare(len(as), len(bs))
}

// IsZero reports whether there is no version.
func (v Version) IsZero() bool { return v == Version{} }

// MarshalText implements encoding.TextMarshaler.
func (v Version) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (v *Version) UnmarshalText(text []byte) (err error) {
	*v, err = ParseVersion(string(text))
	return err
}
