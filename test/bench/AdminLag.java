import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/**
 * The lag of many groups with Kafka's own AdminClient, as fast as it goes: both questions are one
 * batched call, and both are under way at once. Arguments: brokers, topics (`topic-N`, group
 * `group-N` each), partitions. Each line on stdin is one computation; the answer on stdout is its
 * milliseconds and the lag.
 */
public final class AdminLag {
  public static void main(String[] arguments) throws Exception {
    var properties = new Properties();
    properties.put("bootstrap.servers", arguments[0]);
    var topics = Integer.parseInt(arguments[1]);
    var partitions = Integer.parseInt(arguments[2]);
    Map<String, ListConsumerGroupOffsetsSpec> groups = new HashMap<>();
    Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
    for (var topic = 0; topic < topics; topic += 1) {
      groups.put("group-" + topic, new ListConsumerGroupOffsetsSpec());
      for (var partition = 0; partition < partitions; partition += 1) {
        ends.put(new TopicPartition("topic-" + topic, partition), OffsetSpec.latest());
      }
    }
    try (var admin = Admin.create(properties);
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      while (lines.readLine() != null) {
        var begin = System.nanoTime();
        var asked = admin.listOffsets(ends).all();
        var commits = admin.listConsumerGroupOffsets(groups).all().get();
        var logs = asked.get();
        var lag = 0L;
        for (var group : commits.values()) {
          for (var commit : group.entrySet()) {
            lag += Math.max(0, logs.get(commit.getKey()).offset() - commit.getValue().offset());
          }
        }
        System.out.println((System.nanoTime() - begin) / 1e6 + " " + lag);
        System.out.flush();
      }
    }
  }
}
