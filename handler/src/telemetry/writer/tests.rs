use std::sync::mpsc;
use std::time::Instant;

use super::*;

/// A pipe that somebody reads, or nobody.
#[derive(Clone, Default)]
struct Pipe(Arc<(Mutex<Flow>, Condvar)>);

#[derive(Default)]
struct Flow {
    is_read: bool,
    bytes: Vec<u8>,
}

impl Pipe {
    fn read(&self) -> &Self {
        self.0.0.lock().unwrap().is_read = true;
        self.0.1.notify_all();
        self
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.0.lock().unwrap().bytes.clone()).unwrap()
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let flow = self.0.0.lock().unwrap();
        let mut flow = self.0.1.wait_while(flow, |flow| !flow.is_read).unwrap();
        flow.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A writer, what it writes to, and what it tells of lines that were dropped.
fn world() -> (Writer, Pipe, mpsc::Receiver<Dropped>) {
    let (told, hear) = mpsc::channel();
    let pipe = Pipe::default();
    let writer = Writer::start(pipe.clone(), move |dropped| told.send(dropped).unwrap()).unwrap();
    (writer, pipe, hear)
}

const LONG: Duration = Duration::from_secs(30);

/// Takes so much that a thousand of them fill the queue.
fn filler(number: usize) -> Vec<u8> {
    format!("{number:01047}\n").into_bytes()
}

/// Fills the queue of a pipe that nobody reads, beside what the thread has in its hands.
fn fill(writer: &Writer) {
    writer.push(b"in its hands\n", false);
    while !writer.0.lock().lines.is_empty() {
        std::thread::yield_now();
    }
    for number in 0..1000 {
        writer.push(&filler(number), false);
    }
}

#[test]
fn lines_are_written_in_their_order() {
    let (writer, pipe, _) = world();
    pipe.read();
    let lines: Vec<String> = (0..20_000).map(|number| format!("{number}\n")).collect();
    for (number, line) in lines.iter().enumerate() {
        writer.push(line.as_bytes(), number % 1000 == 999);
    }
    assert!(writer.flush(LONG));
    assert_eq!(pipe.text(), lines.concat());
}

#[test]
fn an_urgent_line_is_written_when_it_returns() {
    let (writer, pipe, _) = world();
    pipe.read();
    for number in 0..50 {
        writer.push(b"quiet\n", false);
        writer.push(format!("urgent {number}\n").as_bytes(), true);
        assert!(pipe.text().ends_with(&format!("quiet\nurgent {number}\n")));
    }
}

#[test]
fn nobody_reads_and_nobody_waits_and_memory_is_bounded() {
    let (writer, pipe, told) = world();
    fill(&writer);
    for number in 1000..100_000 {
        writer.push(&filler(number), false);
    }
    assert!(writer.0.lock().lines.len() <= ROOM);
    pipe.read();
    assert!(writer.flush(LONG));
    let text = pipe.text();
    let kept = text.lines().count() - 1;
    assert_eq!(kept, ROOM / 1048);
    let lines: Vec<u8> = (0..kept).flat_map(filler).collect();
    assert_eq!(text.as_bytes(), [b"in its hands\n".as_slice(), &lines].concat());
    let lines = 100_000 - kept as u64;
    assert_eq!(
        told.try_iter().collect::<Vec<_>>(),
        [Dropped { lines, urgent: 0 }]
    );
}

#[test]
fn urgent_lines_have_room_of_their_own_and_wait_once() {
    let (writer, pipe, told) = world();
    fill(&writer);
    writer.push(&filler(1000), false);
    let began = Instant::now();
    for number in 0..100 {
        writer.push(format!("urgent {number}\n").as_bytes(), true);
    }
    let took = began.elapsed();
    assert!(took >= PATIENCE, "{took:?}: it did not wait for anybody to read");
    assert!(took < PATIENCE * 20, "{took:?}: each of them has waited");
    pipe.read();
    assert!(writer.flush(LONG));
    let urgent: Vec<String> = (0..100).map(|number| format!("urgent {number}")).collect();
    assert!(pipe.text().trim_end().ends_with(&urgent.join("\n")));
    let dropped = told.recv_timeout(LONG).unwrap();
    assert_eq!(dropped.urgent, 0);
    // All is written: from here on they wait again.
    writer.push(b"once more\n", true);
    assert!(pipe.text().ends_with("once more\n"));
}

#[test]
fn urgent_lines_beyond_their_room_are_counted() {
    let (writer, pipe, told) = world();
    fill(&writer);
    for number in 0..1000 {
        writer.push(&filler(number), true);
    }
    assert!(writer.0.lock().lines.len() <= ROOM + RESERVE);
    pipe.read();
    assert!(writer.flush(LONG));
    let written = pipe.text().lines().count() as u64 - 1;
    let dropped = told.recv_timeout(LONG).unwrap();
    assert_eq!(written + dropped.lines, 2000);
    assert!(dropped.urgent > 500, "{dropped:?}");
}

#[test]
fn the_end_waits_for_who_reads_and_not_for_ever_for_who_does_not() {
    let (writer, pipe, _) = world();
    writer.push(b"last words\n", false);
    assert!(!writer.flush(Duration::from_millis(20)));
    pipe.read();
    assert!(writer.flush(LONG));
    assert_eq!(pipe.text(), "last words\n");
}

/// What a system may answer: interrupted, not yet, a part, gone, and then all of it.
struct Moody(usize, Pipe);

impl Write for Moody {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += 1;
        match self.0 {
            1 => Err(ErrorKind::Interrupted.into()),
            2 => Err(ErrorKind::WouldBlock.into()),
            3 => self.1.write(&bytes[..3]),
            5 => Err(ErrorKind::BrokenPipe.into()),
            _ => self.1.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn what_cannot_be_written_is_lost_and_nothing_else() {
    let pipe = Pipe::default();
    pipe.read();
    let writer = Writer::start(Moody(0, pipe.clone()), |_| {}).unwrap();
    for line in ["in parts\n", "lost\n", "and on\n"] {
        writer.push(line.as_bytes(), true);
    }
    assert_eq!(pipe.text(), "in parts\nand on\n");
}
