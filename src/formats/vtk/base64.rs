//! Bytes as text (RFC 4648).

/// Decodes text up to its end, to a `<`, or to `most` bytes, whichever comes first. Groups may be padded within the
/// text: some programs write a block's length and its values one after the other, each padded.
pub fn decode(text: &[u8], most: usize) -> Result<Vec<u8>, String> {
    let digits = text.iter().take_while(|&&byte| byte != b'<').filter(|byte| !byte.is_ascii_whitespace());
    let (mut bytes, mut group, mut filled, mut padding) = (Vec::new(), 0, 0, 0);
    for &digit in digits {
        if bytes.len() >= most {
            break;
        }
        match digit {
            b'=' => padding += 1,
            _ if padding > 0 => return Err("its base64 text is padded in a wrong place".into()),
            _ => {}
        }
        group = group << 6 | value(digit)?;
        filled += 1;
        if filled == 4 {
            if padding > 2 {
                return Err("its base64 text is padded in a wrong place".into());
            }
            let [_, group_bytes @ ..] = u32::to_be_bytes(group);
            bytes.extend_from_slice(&group_bytes[..3 - padding]);
            (group, filled, padding) = (0, 0, 0);
        }
    }
    bytes.truncate(most);
    if filled == 0 || bytes.len() == most { Ok(bytes) } else { Err("its base64 text is cut short".into()) }
}

fn value(digit: u8) -> Result<u32, String> {
    Ok(match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        b'=' => 0,
        _ => return Err("its base64 text holds other characters".into()),
    }
    .into())
}
