package capability

import "fmt"

// Denial is the error of scripts that want what they were not granted.
type Denial struct {
	Capability string // as in the manifest
	Value      string // what would have to stand there
	Why        string // where that is not what the script wrote; may be empty
}

// Error implements error.
func (d *Denial) Error() string {
	value, why := d.Value, d.Why
	if !IsText(value) {
		value = fmt.Sprintf("%.100q", value)
	}
	if why != "" {
		why = " (" + why + ")"
	}
	return fmt.Sprintf("%s: %s%s is not granted: add it to %q in the manifest", d.Capability, value, why, d.Capability)
}
