//! The bytes at hand, and where the body in them ends.

use std::io;

use bytes::{Bytes, BytesMut};

use super::fields::Framing;

/// Longest line between chunks.
const CHUNK_LINE: usize = 4096;

/// What was read and not yet taken.
#[derive(Default)]
pub(super) struct Frames {
    pub(super) buffer: BytesMut,
    body: Left,
}

/// What is left of the current body.
#[derive(Clone, Copy, Default)]
enum Left {
    #[default]
    Nothing,
    Bytes(u64),
    Chunk(Chunk),
}

#[derive(Clone, Copy)]
enum Chunk {
    Size,
    Data(u64),
    DataEnd,
    Trailers,
}

/// How far the bytes at hand lead.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    Data(Bytes),
    End,
    NeedsMore,
}

impl Frames {
    /// A body of this framing begins.
    pub(super) fn begin(&mut self, framing: Framing) {
        self.body = match framing {
            Framing::Nothing | Framing::Length(0) => Left::Nothing,
            Framing::Length(length) => Left::Bytes(length),
            Framing::Chunks => Left::Chunk(Chunk::Size),
        };
    }

    pub(super) fn is_done(&self) -> bool {
        matches!(self.body, Left::Nothing)
    }

    /// # Errors
    /// What should be a chunk and is none.
    pub(super) fn step(&mut self) -> io::Result<Step> {
        match self.body {
            Left::Nothing => Ok(Step::End),
            Left::Bytes(left) => {
                let (step, left) = self.take(left);
                self.body = if left == 0 {
                    Left::Nothing
                } else {
                    Left::Bytes(left)
                };
                Ok(step)
            }
            Left::Chunk(chunk) => self.chunk(chunk),
        }
    }

    /// At most `wanted` of the bytes at hand, and how many are still missing.
    fn take(&mut self, wanted: u64) -> (Step, u64) {
        let taken = self
            .buffer
            .len()
            .min(usize::try_from(wanted).unwrap_or(usize::MAX));
        if taken == 0 {
            return (Step::NeedsMore, wanted);
        }
        (
            Step::Data(self.buffer.split_to(taken).freeze()),
            wanted - taken as u64,
        )
    }

    fn chunk(&mut self, mut chunk: Chunk) -> io::Result<Step> {
        loop {
            let line = match chunk {
                Chunk::Data(left) => {
                    let (step, left) = self.take(left);
                    self.body = Left::Chunk(if left == 0 {
                        Chunk::DataEnd
                    } else {
                        Chunk::Data(left)
                    });
                    return Ok(step);
                }
                Chunk::Size | Chunk::DataEnd | Chunk::Trailers => self.line()?,
            };
            let Some(line) = line else {
                return Ok(Step::NeedsMore);
            };
            chunk = match chunk {
                Chunk::Size => sized(&line)?,
                Chunk::DataEnd if line.is_empty() => Chunk::Size,
                Chunk::Trailers if line.is_empty() => {
                    self.body = Left::Nothing;
                    return Ok(Step::End);
                }
                Chunk::Trailers => Chunk::Trailers,
                Chunk::DataEnd | Chunk::Data(_) => return Err(io::ErrorKind::InvalidData.into()),
            };
            self.body = Left::Chunk(chunk);
        }
    }

    fn line(&mut self) -> io::Result<Option<String>> {
        let Some(end) = self.buffer.iter().position(|byte| *byte == b'\n') else {
            let is_endless = self.buffer.len() > CHUNK_LINE;
            return if is_endless {
                Err(io::ErrorKind::InvalidData.into())
            } else {
                Ok(None)
            };
        };
        let line = self.buffer.split_to(end + 1);
        Ok(Some(
            String::from_utf8_lossy(&line)
                .trim_end_matches(['\r', '\n'])
                .to_owned(),
        ))
    }
}

/// The size of a chunk, with or without an extension.
fn sized(line: &str) -> io::Result<Chunk> {
    let digits = line.split(';').next().unwrap_or_default().trim();
    match u64::from_str_radix(digits, 16) {
        Ok(0) => Ok(Chunk::Trailers),
        Ok(size) => Ok(Chunk::Data(size)),
        Err(_) => Err(io::ErrorKind::InvalidData.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The body in these bytes, and what follows it; none when it does not end.
    fn read(framing: Framing, wire: &[u8]) -> io::Result<Option<(Vec<u8>, BytesMut)>> {
        let mut frames = Frames::default();
        frames.begin(framing);
        frames.buffer.extend_from_slice(wire);
        let mut body = Vec::new();
        loop {
            match frames.step()? {
                Step::Data(piece) => body.extend_from_slice(&piece),
                Step::End => return Ok(Some((body, frames.buffer))),
                Step::NeedsMore => return Ok(None),
            }
        }
    }

    #[test]
    fn a_body_ends_where_it_says() {
        for (framing, wire) in [
            (Framing::Length(5), "helloGET"),
            (
                Framing::Chunks,
                "2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nX-T: 1\r\n\r\nGET",
            ),
            (Framing::Chunks, "5\nhello\n0\n\nGET"),
        ] {
            let (body, ahead) = read(framing, wire.as_bytes()).unwrap().unwrap();
            assert_eq!(
                (body.as_slice(), &ahead[..]),
                (&b"hello"[..], &b"GET"[..]),
                "{wire}"
            );
            for shorter in 0..wire.len() - 3 {
                assert!(
                    read(framing, &wire.as_bytes()[..shorter]).unwrap().is_none(),
                    "{wire} {shorter}"
                );
            }
        }
    }

    #[test]
    fn what_is_no_chunk() {
        let endless = "1".repeat(CHUNK_LINE + 1);
        for bad in [
            "x\r\n",
            "\r\n",
            "2\r\nabc\r\n",
            "-1\r\n",
            "11111111111111111\r\n",
            &endless,
        ] {
            let failure = read(Framing::Chunks, bad.as_bytes()).unwrap_err();
            assert_eq!(failure.kind(), io::ErrorKind::InvalidData, "{bad}");
        }
    }
}
