//go:build unix

package handover

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
)

// A handover is a length of four bytes, the names of all sockets in JSON, and then their descriptors: each message that
// carries some has one byte for each.

const (
	batch      = 200     // descriptors in one message: systems take 253 at most
	mostNames  = 1 << 24 // bytes: far more than any configuration has
	mostFiles  = 1 << 20
	rightsSize = batch * 4
)

func send(c *net.UnixConn, names []name, files []*os.File) error {
	text, err := json.Marshal(names)
	if err != nil {
		return err
	}
	if _, err := c.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(text))), text...)); err != nil {
		return err
	}
	for len(files) > 0 {
		some := files[:min(len(files), batch)]
		files = files[len(some):]
		control, err := rights(some)
		if err != nil {
			return err
		}
		if _, _, err := c.WriteMsgUnix(make([]byte, len(some)), control, nil); err != nil {
			return err
		}
	}
	return nil
}

func receive(c *net.UnixConn) (names []name, files []*os.File, err error) {
	defer func() {
		if err != nil {
			for _, file := range files {
				file.Close()
			}
			files = nil
		}
	}()
	var header [4]byte
	if _, err := io.ReadFull(c, header[:]); err != nil {
		return nil, nil, err
	}
	length := binary.BigEndian.Uint32(header[:])
	if length > mostNames {
		return nil, nil, fmt.Errorf("handover: %d bytes of names", length)
	}
	text := make([]byte, length)
	if _, err := io.ReadFull(c, text); err != nil {
		return nil, nil, err
	}
	if err := json.Unmarshal(text, &names); err != nil {
		return nil, nil, err
	}
	if len(names) > mostFiles {
		return nil, nil, fmt.Errorf("handover: %d sockets", len(names))
	}
	for len(files) < len(names) {
		some, err := receiveFiles(c, min(len(names)-len(files), batch))
		files = append(files, some...)
		if err != nil {
			return nil, files, err
		}
	}
	return names, files, nil
}

// receiveFiles reads one message with at most limit descriptors.
func receiveFiles(c *net.UnixConn, limit int) ([]*os.File, error) {
	data, control := make([]byte, limit), make([]byte, syscall.CmsgSpace(rightsSize))
	_, n, flags, _, err := c.ReadMsgUnix(data, control)
	if err != nil {
		return nil, err
	}
	if flags&syscall.MSG_CTRUNC != 0 {
		return nil, errors.New("handover: too many descriptors in one message")
	}
	messages, err := syscall.ParseSocketControlMessage(control[:n])
	if err != nil {
		return nil, err
	}
	var files []*os.File
	for _, m := range messages {
		fds, err := syscall.ParseUnixRights(&m)
		if err != nil {
			continue // another kind of message
		}
		for _, fd := range fds {
			syscall.CloseOnExec(fd)
			files = append(files, os.NewFile(uintptr(fd), "listener"))
		}
	}
	if len(files) == 0 || len(files) > limit {
		return files, fmt.Errorf("handover: %d descriptors where %d were announced", len(files), limit)
	}
	return files, nil
}
