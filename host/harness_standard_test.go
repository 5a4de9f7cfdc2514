package host

import (
	"context"
	"time"

	"tidelock/abi"
)

func testStandard() Library {
	return Functions{
		"register": func(c *Call) error {
			k, _ := c.String()
			n, _ := c.String()
			num, _ := c.Int()
			src, _ := c.String()
			line, _ := c.Int()
			return c.Execution.instance.image.register(c.Execution, &Registration{Kind: string(k), Name: string(n), number: uint32(num), Source: string(src), Line: int(line)})
		},
		"sleep": func(c *Call) error {
			ms, err := c.Int()
			if err != nil {
				return err
			}
			return c.Park(func(ctx context.Context, r *abi.Writer) error {
				t := time.NewTimer(time.Duration(ms) * time.Millisecond)
				defer t.Stop()
				select {
				case <-t.C:
				case <-ctx.Done():
					return ctx.Err()
				}
				return nil
			})
		},
	}
}
